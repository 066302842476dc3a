import MFADomain

/// Every key of the configuration file. docs/configuration.md describes the same list, which a test holds.
enum ConfigurationKeys {
    static let listen = ConfigurationKey("listen", .endpoint)
    static let development = ConfigurationKey("development", .truth)
    static let issuer = ConfigurationKey("issuer", .issuer)
    static let keyRing = ConfigurationKey("key_ring", .path)
    static let policy = ConfigurationKey("policy", .path)
    static let logLevel = ConfigurationKey("log_level", .word(of: LogLevel.self))

    enum Store {
        static let sqlitePath = ConfigurationKey("store.sqlite.path", .path)
        static let checkpointPages = ConfigurationKey("store.sqlite.checkpoint_pages", .wholeNumber(1_000...1_000_000))
    }

    enum TLS {
        static let certificate = ConfigurationKey("tls.certificate", .path)
        static let key = ConfigurationKey("tls.key", .path)
        static let clientCA = ConfigurationKey("tls.client_ca", .path)
        static let revokedSerials = ConfigurationKey("tls.revoked_serials", .path)
    }

    enum Tenants {
        static let issuer = ConfigurationKey("tenants.NAME.issuer", .issuer)
    }

    enum Callers {
        static let identity = ConfigurationKey("callers[].identity", .callerIdentity)
        static let name = ConfigurationKey("callers[].name", .callerName)
        static let tenants = ConfigurationKey("callers[].tenants", .tenantName)
        static let scopes = ConfigurationKey("callers[].scopes", .word(of: Scope.self))
        static let conceal = ConfigurationKey("callers[].conceal", .truth)
    }

    enum Limits {
        static let messageBytes = ConfigurationKey("limits.max_message_bytes", .wholeNumber(4_096...4_194_304))
        static let connections = ConfigurationKey("limits.max_connections", .wholeNumber(1...65_536))
        static let connectionsPerCaller = ConfigurationKey(
            "limits.max_connections_per_caller", .wholeNumber(1...65_536))
        static let callsInFlightPerConnection = ConfigurationKey(
            "limits.max_calls_in_flight_per_connection", .wholeNumber(1...4_096))
        static let callsInFlight = ConfigurationKey("limits.max_calls_in_flight", .wholeNumber(1...65_536))
        static let handshakeTimeoutSeconds = ConfigurationKey("limits.handshake_timeout_seconds", .wholeNumber(1...60))
        static let frameTimeoutSeconds = ConfigurationKey("limits.frame_timeout_seconds", .wholeNumber(1...300))
        static let idleTimeoutSeconds = ConfigurationKey("limits.idle_timeout_seconds", .wholeNumber(1...86_400))
        static let shutdownGraceSeconds = ConfigurationKey("limits.shutdown_grace_seconds", .wholeNumber(0...300))
    }

    enum Verification {
        static let totpWindowSteps = ConfigurationKey("verification.totp_window_steps", .wholeNumber(0...2))
        static let consecutiveFailures = ConfigurationKey(
            "verification.max_consecutive_failures", .wholeNumber(1...100))
        static let failuresPer30Days = ConfigurationKey(
            "verification.max_failures_per_30_days", .wholeNumber(1...1_000))
        static let failureDelaysSeconds = ConfigurationKey(
            "verification.failure_delays_seconds", .wholeNumber(0...3_600))
        static let hotpLookAhead = ConfigurationKey("verification.hotp_look_ahead", .wholeNumber(0...20))
        static let codeDigits = ConfigurationKey("verification.code_digits", .codeDigits)
        static let codeLifetimeSeconds = ConfigurationKey("verification.code_lifetime_seconds", .wholeNumber(60...600))
        static let pushLifetimeSeconds = ConfigurationKey("verification.push_lifetime_seconds", .wholeNumber(30...300))
        static let pushNumberDigits = ConfigurationKey("verification.push_number_digits", .wholeNumber(2...6))
        static let addressCooldownSeconds = ConfigurationKey(
            "verification.new_address_cooldown_seconds", .wholeNumber(0...604_800))
    }

    enum Receipts {
        static let issuer = ConfigurationKey("receipts.issuer", .line("a name or a URL", longest: 128))
    }

    enum Places {
        static let databases = ConfigurationKey("places.databases", .path)
    }

    enum Enrollment {
        static let allowExistingSecrets = ConfigurationKey("enrollment.allow_existing_secrets", .truth)
    }

    enum Sending {
        static let smsCountries = ConfigurationKey("sending.sms_countries", .country)
        static let addressIntervalSeconds = ConfigurationKey(
            "sending.address_interval_seconds", .wholeNumber(10...600))
        static let addressPer10Minutes = ConfigurationKey("sending.address_per_10_minutes", .wholeNumber(1...20))
        static let subjectPerHour = ConfigurationKey("sending.subject_per_hour", .wholeNumber(1...1_000))
        static let callerPerHour = ConfigurationKey("sending.caller_per_hour", .wholeNumber(1...10_000_000))
        static let prefixPerHour = ConfigurationKey("sending.prefix_per_hour", .wholeNumber(1...100_000))
        static let countryPerHour = ConfigurationKey("sending.country_per_hour", .wholeNumber(1...10_000_000))
        static let moneyPerHourCents = ConfigurationKey("sending.money_per_hour_cents", .wholeNumber(0...100_000_000))
        static let moneyPerDayCents = ConfigurationKey("sending.money_per_day_cents", .wholeNumber(0...100_000_000))
        static let conversionPercent = ConfigurationKey("sending.conversion_percent", .wholeNumber(0...100))
        static let conversionMinimumSends = ConfigurationKey(
            "sending.conversion_minimum_sends", .wholeNumber(1...100_000))
    }

    enum Delivery {
        static let outboxFolder = ConfigurationKey("delivery.outbox_folder", .path)
        static let templates = ConfigurationKey("delivery.templates", .path)
        static let defaultLocale = ConfigurationKey("delivery.default_locale", .word("a language tag such as de-CH"))
        static let webOTPHost = ConfigurationKey("delivery.web_otp_host", .word("a host name"))
        static let maxInFlight = ConfigurationKey("delivery.max_in_flight", .wholeNumber(1...1_000))
        static let receiptsListen = ConfigurationKey("delivery.receipts.listen", .endpoint)
        static let receiptsURL = ConfigurationKey("delivery.receipts.url", .url)
    }

    /// One of the SMS providers, which are tried in their order.
    enum SMS {
        static let preset = ConfigurationKey("delivery.sms[].preset", .word(of: SMSPreset.self))
        static let name = ConfigurationKey("delivery.sms[].name", .providerName)
        static let url = ConfigurationKey("delivery.sms[].url", .url)
        static let from = ConfigurationKey("delivery.sms[].from", .line("a sender", longest: 64))
        static let username = ConfigurationKey("delivery.sms[].username", .line("a name", longest: 254))
        static let password = ConfigurationKey("delivery.sms[].password", .line("a password", longest: 1_000))
        static let passwordFile = ConfigurationKey("delivery.sms[].password_file", .path)
        static let ca = ConfigurationKey("delivery.sms[].ca", .path)
        static let allowPlaintext = ConfigurationKey("delivery.sms[].allow_plaintext", .truth)
        static let connectTimeoutSeconds = ConfigurationKey(
            "delivery.sms[].connect_timeout_seconds", .wholeNumber(1...60))
        static let timeoutSeconds = ConfigurationKey("delivery.sms[].timeout_seconds", .wholeNumber(2...120))
        static let maxConnections = ConfigurationKey("delivery.sms[].max_connections", .wholeNumber(1...1_000))
        static let costMicros = ConfigurationKey("delivery.sms[].cost_micros.NAME", .wholeNumber(0...1_000_000_000))
        static let method = ConfigurationKey("delivery.sms[].method", .word("GET or POST"))
        static let headers = ConfigurationKey("delivery.sms[].headers.NAME", .line("a template", longest: 4_096))
        static let form = ConfigurationKey("delivery.sms[].form.NAME", .line("a template", longest: 4_096))
        static let json = ConfigurationKey("delivery.sms[].json", .text("JSON with placeholders", longest: 16_384))
        static let values = ConfigurationKey("delivery.sms[].values.NAME", .line("a value", longest: 4_096))
        static let successPattern = ConfigurationKey(
            "delivery.sms[].success_pattern", .line("a regular expression", longest: 1_000))
        static let messageIDPattern = ConfigurationKey(
            "delivery.sms[].message_id_pattern", .line("a regular expression with one group", longest: 1_000))
        static let refusalPattern = ConfigurationKey(
            "delivery.sms[].refusal_pattern", .line("a regular expression", longest: 1_000))
    }

    enum Email {
        static let host = ConfigurationKey("delivery.email.host", .word("a host name or an IP address"))
        static let port = ConfigurationKey("delivery.email.port", .wholeNumber(1...65_535))
        static let security = ConfigurationKey("delivery.email.security", .word("starttls, tls or none"))
        static let username = ConfigurationKey("delivery.email.username", .line("a name", longest: 254))
        static let password = ConfigurationKey("delivery.email.password", .line("a password", longest: 1_000))
        static let passwordFile = ConfigurationKey("delivery.email.password_file", .path)
        static let from = ConfigurationKey("delivery.email.from", .word("an e-mail address"))
        static let fromName = ConfigurationKey("delivery.email.from_name", .line("a name", longest: 100))
        static let ca = ConfigurationKey("delivery.email.ca", .path)
        static let connectTimeoutSeconds = ConfigurationKey(
            "delivery.email.connect_timeout_seconds", .wholeNumber(1...60))
        static let timeoutSeconds = ConfigurationKey("delivery.email.timeout_seconds", .wholeNumber(2...120))
        static let maxConnections = ConfigurationKey("delivery.email.max_connections", .wholeNumber(1...64))
    }

    enum FCM {
        static let serviceAccount = ConfigurationKey("delivery.fcm.service_account", .path)
        static let url = ConfigurationKey("delivery.fcm.url", .url)
        static let ca = ConfigurationKey("delivery.fcm.ca", .path)
        static let timeoutSeconds = ConfigurationKey("delivery.fcm.timeout_seconds", .wholeNumber(6...120))
    }

    enum BackupCodes {
        static let groups = ConfigurationKey("backup_codes.groups", .wholeNumber(3...4))
    }

    /// A key without its type: for the refusal of unknown ones, the environment and the reference page.
    struct Listed {
        let path: String
        let variable: String?
        let expected: String
    }

    static let all: [Listed] = [
        listed(listen), listed(development), listed(issuer), listed(keyRing), listed(policy), listed(logLevel),
        listed(Store.sqlitePath), listed(Store.checkpointPages),
        listed(TLS.certificate), listed(TLS.key), listed(TLS.clientCA), listed(TLS.revokedSerials),
        listed(Tenants.issuer),
        listed(Callers.identity), listed(Callers.name), listed(Callers.tenants), listed(Callers.scopes),
        listed(Callers.conceal),
        listed(Limits.messageBytes), listed(Limits.connections), listed(Limits.connectionsPerCaller),
        listed(Limits.callsInFlightPerConnection), listed(Limits.callsInFlight),
        listed(Limits.handshakeTimeoutSeconds), listed(Limits.frameTimeoutSeconds),
        listed(Limits.idleTimeoutSeconds), listed(Limits.shutdownGraceSeconds),
        listed(Verification.totpWindowSteps), listed(Verification.consecutiveFailures),
        listed(Verification.failuresPer30Days), listed(Verification.failureDelaysSeconds),
        listed(Verification.hotpLookAhead), listed(Verification.codeDigits), listed(Verification.codeLifetimeSeconds),
        listed(Verification.pushLifetimeSeconds), listed(Verification.pushNumberDigits),
        listed(Verification.addressCooldownSeconds),
        listed(BackupCodes.groups), listed(Receipts.issuer), listed(Places.databases),
        listed(Enrollment.allowExistingSecrets),
        listed(Sending.smsCountries), listed(Sending.addressIntervalSeconds), listed(Sending.addressPer10Minutes),
        listed(Sending.subjectPerHour), listed(Sending.callerPerHour), listed(Sending.prefixPerHour),
        listed(Sending.countryPerHour), listed(Sending.moneyPerHourCents), listed(Sending.moneyPerDayCents),
        listed(Sending.conversionPercent), listed(Sending.conversionMinimumSends),
        listed(Delivery.outboxFolder), listed(Delivery.templates), listed(Delivery.defaultLocale),
        listed(Delivery.webOTPHost), listed(Delivery.maxInFlight), listed(Delivery.receiptsListen),
        listed(Delivery.receiptsURL),
        listed(SMS.preset), listed(SMS.name), listed(SMS.url), listed(SMS.from), listed(SMS.username),
        listed(SMS.password), listed(SMS.passwordFile), listed(SMS.ca), listed(SMS.allowPlaintext),
        listed(SMS.connectTimeoutSeconds), listed(SMS.timeoutSeconds), listed(SMS.maxConnections),
        listed(SMS.costMicros), listed(SMS.method), listed(SMS.headers), listed(SMS.form), listed(SMS.json),
        listed(SMS.values), listed(SMS.successPattern), listed(SMS.messageIDPattern), listed(SMS.refusalPattern),
        listed(Email.host), listed(Email.port), listed(Email.security), listed(Email.username),
        listed(Email.password), listed(Email.passwordFile), listed(Email.from), listed(Email.fromName),
        listed(Email.ca), listed(Email.connectTimeoutSeconds), listed(Email.timeoutSeconds),
        listed(Email.maxConnections),
        listed(FCM.serviceAccount), listed(FCM.url), listed(FCM.ca), listed(FCM.timeoutSeconds),
    ]

    private static func listed<Value>(_ key: ConfigurationKey<Value>) -> Listed {
        // Entries of lists and maps have no name of their own that a variable could carry.
        let isEntry = key.path.contains("[]") || key.path.contains("NAME")
        return Listed(path: key.path, variable: isEntry ? nil : key.variable, expected: key.form.expected)
    }
}
