import MFADomain
import MFAService
import MFAStore
import MFAStoreSQLite
import MFAWire
import Places
import Yams

extension Configuration {
    /// What the flags said.
    struct Flags {
        var listen: String?
        var isDev = false
    }

    /// Reads and checks everything that can be known before a file is written or a port opened.
    static func load(
        file: String, environment: [String: String], flags: Flags = Flags()
    ) throws(ConfigurationError) -> Configuration {
        let yaml: String
        do {
            yaml = try TextFile.read(file)
        } catch {
            throw ConfigurationError(origin: file, key: "", problem: error.reason)
        }
        return try parse(yaml, file: file, environment: environment, flags: flags)
    }

    private static func parse(
        _ yaml: String, file: String, environment: [String: String], flags: Flags
    ) throws(ConfigurationError) -> Configuration {
        let document = try ConfigurationDocument(file: file, yaml: yaml)
        var flagged: [String: (flag: String, text: String)] = [:]
        if let listen = flags.listen { flagged[ConfigurationKeys.listen.path] = ("--listen", listen) }
        let reader = ConfigurationReader(document: document, environment: environment, flags: flagged)

        // Every value is read first, in the order of the reference page, then what they say together.
        let listen = try reader.listen()
        let saysDevelopment = try reader.value(ConfigurationKeys.development) ?? false
        var service = ServiceSettings()
        service.defaultIssuer = try reader.value(ConfigurationKeys.issuer) ?? service.defaultIssuer
        let keyRingPath = try reader.path(ConfigurationKeys.keyRing) ?? reader.resolved("keys/keyring.json")
        let policyPath = try reader.path(ConfigurationKeys.policy)
        service.domain.policy = try Policy.load(file: policyPath)
        let logLevel = try reader.value(ConfigurationKeys.logLevel) ?? .info
        let store = try reader.store()
        service.issuers = try reader.issuers()
        let callers = try reader.callers()
        let limits = try reader.limits()
        let shutdownGraceSeconds = try reader.value(ConfigurationKeys.Limits.shutdownGraceSeconds) ?? 10
        try reader.readVerification(into: &service.domain)
        try reader.readBackupCodes(into: &service.domain)
        service.receiptIssuer = try reader.value(ConfigurationKeys.Receipts.issuer) ?? service.receiptIssuer
        service.domain.allowsExistingSecrets =
            try reader.value(ConfigurationKeys.Enrollment.allowExistingSecrets) ?? false
        try reader.readSending(into: &service.domain.sending)
        let placePaths = try reader.placePaths()
        let tls = try reader.tlsSection()

        let hasDevelopmentKeys = saysDevelopment || tls?.isDevelopment == true
        var delivery = try reader.deliverySection(isDevelopment: hasDevelopmentKeys || flags.isDev)
        // The first message of a newcomer has somewhere to go.
        if flags.isDev && delivery.channels.isEmpty { delivery.outboxFolder = reader.resolved("outbox") }
        service.domain.channels = delivery.channels
        service.messageLeaseSeconds = delivery.leaseSeconds
        service.domain.sending.smsCostMicros = delivery.smsCostMicros
        if (hasDevelopmentKeys || flags.isDev) && !listen.isLoopback {
            let reason = hasDevelopmentKeys ? "development keys" : "--dev"
            throw reader.error(
                ConfigurationKeys.listen, "expected a loopback address because of \(reason), found \(listen)")
        }
        let developer = Caller(name: "dev", tenants: .all, scopes: Set(Scope.allCases))
        let plaintext: WireSecurity? = flags.isDev ? .plaintext(caller: developer) : nil
        guard let security = tls.map({ WireSecurity.tls($0.files) }) ?? plaintext else {
            throw reader.error(
                ConfigurationKeys.TLS.certificate,
                "expected tls with certificate, key and client_ca; plain text needs --dev and a loopback address")
        }
        let keyRing: KeyRing
        do {
            keyRing = try KeyRing.load(path: keyRingPath)
        } catch {
            throw reader.error(ConfigurationKeys.keyRing, error.description)
        }

        var warnings = reader.unknownVariables().map { "\($0.printable()) is set and is no key of the configuration" }
        if service.domain.backupCodeGroups == 3 {
            warnings.append("backup_codes.groups: 3 makes codes of 60 bits; NIST SP 800-63B asks for 64 or more")
        }
        if tls != nil && callers.isEmpty { warnings.append("callers: no entry, so nobody may call") }
        if service.domain.allowsExistingSecrets {
            warnings.append(
                "enrollment.allow_existing_secrets: true lets callers choose secrets; unset it after the import")
        }
        if !delivery.smsProviders.isEmpty && service.domain.sending.smsCountries.isEmpty {
            warnings.append("sending.sms_countries: no entry, so no SMS is sent")
        }

        return Configuration(
            listen: listen, security: security, store: store, keyRingPath: keyRingPath, keyRing: keyRing,
            service: service, policyPath: policyPath, placePaths: placePaths, callers: callers,
            isDevelopment: hasDevelopmentKeys || flags.isDev,
            delivery: delivery, limits: limits,
            shutdownGraceSeconds: shutdownGraceSeconds, logLevel: logLevel, warnings: warnings)
    }
}

extension ConfigurationReader {
    fileprivate func listen() throws(ConfigurationError) -> Endpoint {
        if let endpoint = try value(ConfigurationKeys.listen) { return endpoint }
        guard let endpoint = Endpoint("127.0.0.1:7443") else {
            throw error(ConfigurationKeys.listen, "expected \(ConfigurationKeys.listen.form.expected)")
        }
        return endpoint
    }

    fileprivate func store() throws(ConfigurationError) -> Configuration.Store {
        .sqlite(
            path: try path(ConfigurationKeys.Store.sqlitePath) ?? resolved("data/countersign.db"),
            checkpointPages: try value(ConfigurationKeys.Store.checkpointPages) ?? SQLiteOptions().checkpointPages)
    }

    fileprivate func issuers() throws(ConfigurationError) -> [String: String] {
        guard let node = document.node(at: "tenants") else { return [:] }
        guard let mapping = node.mapping else {
            throw ConfigurationError(
                origin: document.origin(of: node), key: "tenants",
                problem: "expected a map of tenants, found \(node.shown)")
        }
        var issuers: [String: String] = [:]
        for (name, settings) in mapping {
            guard let tenant = name.scalar?.string, tenant.isName else {
                throw ConfigurationError(
                    origin: document.origin(of: name), key: "tenants",
                    problem: "expected a name of 1 to 64 letters, digits, '-', '_' and '.', found \(name.shown)")
            }
            let key = "tenants.\(tenant).issuer"
            guard let issuer = settings.mapping?["issuer"] else {
                throw ConfigurationError(
                    origin: document.origin(of: name), key: key,
                    problem: "expected \(ConfigurationKeys.Tenants.issuer.form.expected), found nothing")
            }
            issuers[tenant] = try value(of: issuer, as: ConfigurationKeys.Tenants.issuer.form, key: key)
        }
        return issuers
    }

    /// Opens what is named, to refuse what is no database.
    fileprivate func placePaths() throws(ConfigurationError) -> [String] {
        let key = ConfigurationKeys.Places.databases
        let paths = try paths(key)
        guard paths.count <= 4 else { throw error(key, "expected at most 4 entries, found \(paths.count)") }
        do {
            _ = try [PlaceDatabase](paths: paths)
        } catch {
            throw self.error(key, error.description.printable())
        }
        return paths
    }

    fileprivate func limits() throws(ConfigurationError) -> WireLimits {
        typealias Keys = ConfigurationKeys.Limits
        var limits = WireLimits()
        limits.maximumMessageBytes = try value(Keys.messageBytes) ?? limits.maximumMessageBytes
        limits.maximumConnections = try value(Keys.connections) ?? limits.maximumConnections
        limits.maximumConnectionsPerCaller = try value(Keys.connectionsPerCaller) ?? limits.maximumConnectionsPerCaller
        limits.maximumCallsInFlightPerConnection =
            try value(Keys.callsInFlightPerConnection) ?? limits.maximumCallsInFlightPerConnection
        limits.maximumCallsInFlight = try value(Keys.callsInFlight) ?? limits.maximumCallsInFlight
        limits.handshakeTimeout = try seconds(Keys.handshakeTimeoutSeconds) ?? limits.handshakeTimeout
        limits.frameTimeout = try seconds(Keys.frameTimeoutSeconds) ?? limits.frameTimeout
        limits.idleTimeout = try seconds(Keys.idleTimeoutSeconds) ?? limits.idleTimeout
        return limits
    }

    private func seconds(_ key: ConfigurationKey<Int>) throws(ConfigurationError) -> Duration? {
        try value(key).map { .seconds($0) }
    }

    fileprivate func readVerification(into settings: inout DomainSettings) throws(ConfigurationError) {
        typealias Keys = ConfigurationKeys.Verification
        settings.totpWindowSteps = try value(Keys.totpWindowSteps) ?? settings.totpWindowSteps
        settings.maxConsecutiveFailures = try value(Keys.consecutiveFailures) ?? settings.maxConsecutiveFailures
        settings.maxFailuresPer30Days = try value(Keys.failuresPer30Days) ?? settings.maxFailuresPer30Days
        if let delays = try values(Keys.failureDelaysSeconds) {
            guard (1...100).contains(delays.count) else {
                throw error(Keys.failureDelaysSeconds, "expected 1 to 100 entries, found \(delays.count)")
            }
            settings.failureDelaysSeconds = delays.map(Int64.init)
        }
        settings.hotpLookAhead = try value(Keys.hotpLookAhead) ?? settings.hotpLookAhead
        settings.outOfBandDigits = try value(Keys.codeDigits) ?? settings.outOfBandDigits
        settings.outOfBandLifetimeSeconds =
            try number(Keys.codeLifetimeSeconds) ?? settings.outOfBandLifetimeSeconds
        settings.pushLifetimeSeconds = try number(Keys.pushLifetimeSeconds) ?? settings.pushLifetimeSeconds
        settings.pushNumberDigits = try value(Keys.pushNumberDigits) ?? settings.pushNumberDigits
        settings.addressCooldownSeconds = try number(Keys.addressCooldownSeconds) ?? settings.addressCooldownSeconds
    }

    fileprivate func readSending(into settings: inout SendingSettings) throws(ConfigurationError) {
        typealias Keys = ConfigurationKeys.Sending
        settings.smsCountries = Set(try values(Keys.smsCountries) ?? [])
        settings.perAddress[0].windowSeconds =
            try number(Keys.addressIntervalSeconds) ?? settings.perAddress[0].windowSeconds
        settings.perAddress[1].limit = try number(Keys.addressPer10Minutes) ?? settings.perAddress[1].limit
        guard settings.perAddress[0].windowSeconds < settings.perAddress[1].windowSeconds else {
            throw error(Keys.addressIntervalSeconds, "expected less than ten minutes")
        }
        settings.perSubject.limit = try number(Keys.subjectPerHour) ?? settings.perSubject.limit
        settings.perCaller.limit = try number(Keys.callerPerHour) ?? settings.perCaller.limit
        settings.perPrefix.limit = try number(Keys.prefixPerHour) ?? settings.perPrefix.limit
        settings.perCountry.limit = try number(Keys.countryPerHour) ?? settings.perCountry.limit
        if let cents = try number(Keys.moneyPerHourCents) { settings.moneyPerHourMicros = cents * 10_000 }
        if let cents = try number(Keys.moneyPerDayCents) { settings.moneyPerDayMicros = cents * 10_000 }
        settings.conversionPercent = try number(Keys.conversionPercent) ?? settings.conversionPercent
        settings.conversionMinimumSends = try number(Keys.conversionMinimumSends) ?? settings.conversionMinimumSends
    }

    private func number(_ key: ConfigurationKey<Int>) throws(ConfigurationError) -> Int64? {
        try value(key).map(Int64.init)
    }

    fileprivate func readBackupCodes(into settings: inout DomainSettings) throws(ConfigurationError) {
        settings.backupCodeGroups = try value(ConfigurationKeys.BackupCodes.groups) ?? settings.backupCodeGroups
    }
}
