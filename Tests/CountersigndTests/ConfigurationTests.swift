import Foundation
import MFADelivery
import MFADomain
import MFAWire
import Testing

@testable import countersignd

struct ConfigurationTests {
    private func load(
        _ yaml: String, environment: [String: String] = [:], listen: String? = nil, isDev: Bool = true
    ) throws -> Configuration {
        let folder = try TemporaryFolder()
        _ = try DevelopmentFiles(directory: folder.path).make()
        try folder.write(yaml, to: "c.yaml")
        return try Configuration.load(
            file: "\(folder.path)/c.yaml", environment: environment, flags: .init(listen: listen, isDev: isDev))
    }

    @Test("An empty file with --dev is a server in plain text on loopback, with one caller and all scopes")
    func defaults() throws {
        let configuration = try load("")
        #expect(configuration.listen.description == "127.0.0.1:7443")
        #expect(configuration.isDevelopment)
        #expect(configuration.service.defaultIssuer == "Countersign")
        #expect(configuration.limits == WireLimits())
        #expect(configuration.warnings.isEmpty)
        guard case .plaintext(let caller) = configuration.security else {
            Issue.record("expected plain text")
            return
        }
        #expect(caller == Caller(name: "dev", tenants: .all, scopes: Set(Scope.allCases)))
    }

    @Test("A flag wins over the environment, and that over the file")
    func precedence() throws {
        let environment = ["COUNTERSIGN_LISTEN": "127.0.0.1:2", "COUNTERSIGN_ISSUER": "Env"]
        let configuration = try load(
            "listen: 127.0.0.1:1\nissuer: File\n", environment: environment, listen: "127.0.0.1:3")
        #expect(configuration.listen.port == 3)
        #expect(configuration.service.defaultIssuer == "Env")
        #expect(try load("issuer: File\n", environment: ["COUNTERSIGN_ISSUER": ""]).service.defaultIssuer == "File")
    }

    @Test("A relative path in the file starts at the file, one in the environment at the working directory")
    func relativePaths() throws {
        let folder = try TemporaryFolder()
        _ = try DevelopmentFiles(directory: folder.path).make()
        try folder.write("key_ring: keys/../keys/keyring.json\n", to: "c.yaml")
        let file = "\(folder.path)/c.yaml"
        let fromFile = try Configuration.load(file: file, environment: [:], flags: .init(isDev: true))
        #expect(fromFile.keyRingPath == "\(folder.path)/keys/../keys/keyring.json")
        #expect(fromFile.store == .sqlite(path: "\(folder.path)/data/countersign.db", checkpointPages: 64_000))
        let environment = ["COUNTERSIGN_STORE_SQLITE_PATH": "x/y.db"]
        let fromEnvironment = try Configuration.load(file: file, environment: environment, flags: .init(isDev: true))
        #expect(fromEnvironment.store == .sqlite(path: "x/y.db", checkpointPages: 64_000))
    }

    private func expectDelivery(_ delivery: DeliverySection, in folder: String) throws {
        #expect(delivery.outboxFolder == "\(folder)/outbox" && delivery.maxInFlight == 32)
        #expect(delivery.templates.folder == "\(folder)/texts" && delivery.templates.defaultLocale == "de")
        #expect(delivery.templates.webOTPHost == "example.org")
        #expect(delivery.receipts?.host == "127.0.0.1" && delivery.receipts?.port == 9)
        try #require(delivery.smsProviders.count == 3)
        let (kannel, twilio, http) = (delivery.smsProviders[0], delivery.smsProviders[1], delivery.smsProviders[2])
        #expect(kannel.name == "k" && kannel.from == "Shop" && kannel.receiptURL == "http://localhost:9/receipts/")
        #expect(kannel.values["username"] == .value("u") && kannel.values["password"] == .value("p"))
        #expect(kannel.http.connectTimeoutSeconds == 3 && kannel.http.timeoutSeconds == 9)
        #expect(kannel.http.maximumConnections == 10 && kannel.http.allowedHosts == ["127.0.0.1"])
        #expect(kannel.cost.defaultMicros == 5 && kannel.cost.microsByPrefix == ["41": 7])
        #expect(twilio.basicAuthentication?.username == "AC1" && twilio.http.caFile == "\(folder)/ca.pem")
        #expect(twilio.basicAuthentication?.password == .file("\(folder)/token"))
        #expect(http.url == "https://sms.example.org/send" && http.method == .post && http.http.allowsPlaintext)
        #expect(http.headers == [.init("X-Key", "{key}")] && http.values == ["key": .value("abc")])
        #expect(http.body == .json(#"{"to": "{to}", "text": "{text}"}"#) && http.successPattern == "ok")
        #expect(http.messageIDPattern == #"id=(\d+)"# && http.refusalPattern == "never")
        let email = try #require(delivery.email)
        #expect(email.host == "mail.example.org" && email.port == 26 && email.security == .startTLS)
        #expect(email.username == "u" && email.password == .file("\(folder)/pw") && email.from == "a@example.org")
        #expect(email.fromName == "Shop" && email.caFile == "\(folder)/ca.pem" && email.maximumConnections == 2)
        #expect(email.connectTimeoutSeconds == 3 && email.timeoutSeconds == 8)
        let fcm = try #require(delivery.fcm)
        #expect(fcm.serviceAccountFile == "\(folder)/account.json" && fcm.baseURL == "https://localhost:1")
        #expect(
            fcm.http.caFile == "\(folder)/ca.pem" && fcm.http.timeoutSeconds == 7
                && fcm.http.allowedHosts.contains("localhost"))
    }

    @Test("Every key is read into its place")
    func everyKey() throws {
        let folder = try TemporaryFolder()
        _ = try DevelopmentFiles(directory: folder.path).make()
        try folder.write("# revoked\n\n0A:1b:FF  # lost\n00ab\n", to: "revoked.txt")
        try folder.write(
            """
            listen: "[::1]:0"
            development: true
            issuer: Example
            key_ring: keys/keyring.json
            log_level: debug
            store: {sqlite: {path: /d.db, checkpoint_pages: 4000}}
            tls: {certificate: tls/server.pem, key: tls/server.key, client_ca: tls/ca.pem, revoked_serials: revoked.txt}
            tenants: {shop: {issuer: Shop}}
            callers:
              - {identity: spiffe://example.org/a, name: a, tenants: [shop], scopes: [verify, approve-recovery], conceal: true}
              - {identity: b.example.org, tenants: "*", scopes: []}
            limits:
              max_message_bytes: 4096
              max_connections: 2
              max_connections_per_caller: 3
              max_calls_in_flight_per_connection: 4
              max_calls_in_flight: 5
              handshake_timeout_seconds: 6
              frame_timeout_seconds: 7
              idle_timeout_seconds: 8
              shutdown_grace_seconds: 9
            verification:
              totp_window_steps: 2
              max_consecutive_failures: 11
              max_failures_per_30_days: 12
              failure_delays_seconds: [0, 13]
              hotp_look_ahead: 5
              code_digits: 8
              code_lifetime_seconds: 61
              push_lifetime_seconds: 62
              push_number_digits: 6
              new_address_cooldown_seconds: 63
            backup_codes: {groups: 3}
            enrollment: {allow_existing_secrets: true}
            sending:
              sms_countries: [CH, "NO"]
              address_interval_seconds: 31
              address_per_10_minutes: 4
              subject_per_hour: 21
              caller_per_hour: 22
              prefix_per_hour: 23
              country_per_hour: 24
              money_per_hour_cents: 25
              money_per_day_cents: 26
              conversion_percent: 27
              conversion_minimum_sends: 28
            delivery:
              outbox_folder: outbox
              templates: texts
              default_locale: de
              web_otp_host: example.org
              max_in_flight: 32
              receipts: {listen: "127.0.0.1:9", url: "http://localhost:9/receipts/"}
              sms:
                - preset: kannel
                  name: k
                  url: http://127.0.0.1:13013/cgi-bin/sendsms
                  from: Shop
                  username: u
                  password: p
                  connect_timeout_seconds: 3
                  timeout_seconds: 9
                  max_connections: 10
                  cost_micros: {default: 5, 41: 7}
                - {preset: twilio, username: AC1, password_file: token, from: MG1, ca: ca.pem}
                - preset: http
                  url: https://sms.example.org/send
                  method: POST
                  allow_plaintext: true
                  headers: {X-Key: "{key}"}
                  json: '{"to": "{to}", "text": "{text}"}'
                  values: {key: abc}
                  success_pattern: ok
                  message_id_pattern: id=(\\d+)
                  refusal_pattern: never
              email:
                host: mail.example.org
                port: 26
                security: starttls
                username: u
                password_file: pw
                from: a@example.org
                from_name: Shop
                ca: ca.pem
                connect_timeout_seconds: 3
                timeout_seconds: 8
                max_connections: 2
              fcm: {service_account: account.json, url: "https://localhost:1", ca: ca.pem, timeout_seconds: 7}

            """, to: "c.yaml")
        let read = try Configuration.load(file: "\(folder.path)/c.yaml", environment: [:])
        #expect(read.listen.description == "[::1]:0" && read.listen.isLoopback)
        #expect(read.isDevelopment && read.keyRingPath == "\(folder.path)/keys/keyring.json")
        #expect(read.service.defaultIssuer == "Example" && read.service.issuers == ["shop": "Shop"])
        #expect(read.logLevel == .debug)
        #expect(read.store == .sqlite(path: "/d.db", checkpointPages: 4_000))
        #expect(
            read.callers["spiffe://example.org/a"]
                == Caller(
                    name: "a", tenants: .only(["shop"]), scopes: [.verify, .approveRecovery], conceal: true))
        #expect(read.callers["b.example.org"] == Caller(name: "b.example.org", tenants: .all, scopes: []))

        var limits = WireLimits()
        limits.maximumMessageBytes = 4_096
        limits.maximumConnections = 2
        limits.maximumConnectionsPerCaller = 3
        limits.maximumCallsInFlightPerConnection = 4
        limits.maximumCallsInFlight = 5
        limits.handshakeTimeout = .seconds(6)
        limits.frameTimeout = .seconds(7)
        limits.idleTimeout = .seconds(8)
        #expect(read.limits == limits)
        #expect(read.shutdownGraceSeconds == 9)

        var domain = DomainSettings()
        domain.totpWindowSteps = 2
        domain.maxConsecutiveFailures = 11
        domain.maxFailuresPer30Days = 12
        domain.failureDelaysSeconds = [0, 13]
        domain.backupCodeGroups = 3
        domain.hotpLookAhead = 5
        domain.outOfBandDigits = 8
        domain.outOfBandLifetimeSeconds = 61
        domain.pushLifetimeSeconds = 62
        domain.pushNumberDigits = 6
        domain.addressCooldownSeconds = 63
        domain.allowsExistingSecrets = true
        domain.sending.smsCountries = ["CH", "NO"]
        domain.sending.perAddress = [.init(1, perSeconds: 31), .init(4, perSeconds: 600)]
        domain.sending.perSubject.limit = 21
        domain.sending.perCaller.limit = 22
        domain.sending.perPrefix.limit = 23
        domain.sending.perCountry.limit = 24
        domain.sending.moneyPerHourMicros = 250_000
        domain.sending.moneyPerDayMicros = 260_000
        domain.sending.conversionPercent = 27
        domain.sending.conversionMinimumSends = 28
        // The dearest of the three providers, two of which have no price.
        domain.sending.smsCostMicros = ["": 80_000, "41": 80_000]
        #expect(read.service.domain == domain)
        try expectDelivery(read.delivery, in: folder.path)
        #expect(read.service.messageLeaseSeconds == 9 + 15 + 15 + 15)

        #expect(read.warnings.count == 2 && read.warnings.contains { $0.contains("60 bits") })
        #expect(read.warnings.contains { $0.contains("allow_existing_secrets") })
        guard case .tls(let files) = read.security else {
            Issue.record("expected TLS")
            return
        }
        #expect(files.revokedSerialNumbers == ["0a1bff", "00ab"])
    }

    @Test("With --dev, messages are written beside the configuration until a provider takes them")
    func developmentOutbox() throws {
        #expect(try #require(try load("").delivery.outboxFolder).hasSuffix("/outbox"))
        #expect(try load("delivery: {email: {host: localhost, from: a@example.org}}").delivery.outboxFolder == nil)
    }

    @Test("A list in the environment has commas")
    func listInEnvironment() throws {
        let environment = ["COUNTERSIGN_VERIFICATION_FAILURE_DELAYS_SECONDS": "0,1,2"]
        #expect(try load("", environment: environment).service.domain.failureDelaysSeconds == [0, 1, 2])
    }

    @Test("A variable that looks like ours and is not is worth a warning; the command line's are not")
    func unknownVariables() throws {
        let environment = ["COUNTERSIGN_LISTN": "x", "COUNTERSIGN_ADDRESS": "x", "OTHER": "x"]
        #expect(
            try load("", environment: environment).warnings == [
                "COUNTERSIGN_LISTN is set and is no key of the configuration"
            ])
    }

    @Test("A section with nothing in it is as good as none")
    func emptySection() throws {
        #expect(try load("limits:\ncallers:\ntenants:\n").limits == WireLimits())
    }

    @Test(
        "Loopback is 127.0.0.0/8 and ::1",
        arguments: [
            ("127.0.0.1:1", true), ("127.255.0.9:1", true), ("localhost:1", true), ("[::1]:1", true),
            ("0.0.0.0:1", false), ("[::]:1", false), ("128.0.0.1:1", false), ("[::ffff:127.0.0.1]:1", false),
            ("[fe80::1]:1", false),
        ])
    func loopback(_ text: String, _ isLoopback: Bool) throws {
        #expect(try #require(Endpoint(text)).isLoopback == isLoopback)
    }
}
