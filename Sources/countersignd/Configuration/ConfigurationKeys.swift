import MFADomain

/// Every key of the configuration file. docs/configuration.md describes the same list, which a test holds.
enum ConfigurationKeys {
    static let listen = ConfigurationKey("listen", .endpoint)
    static let development = ConfigurationKey("development", .truth)
    static let issuer = ConfigurationKey("issuer", .issuer)
    static let keyRing = ConfigurationKey("key_ring", .path)
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
    }

    enum BackupCodes {
        static let count = ConfigurationKey("backup_codes.count", .wholeNumber(5...20))
        static let groups = ConfigurationKey("backup_codes.groups", .wholeNumber(3...4))
    }

    /// A key without its type: for the refusal of unknown ones, the environment and the reference page.
    struct Listed {
        let path: String
        let variable: String?
        let expected: String
    }

    static let all: [Listed] = [
        listed(listen), listed(development), listed(issuer), listed(keyRing), listed(logLevel),
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
        listed(BackupCodes.count), listed(BackupCodes.groups),
    ]

    private static func listed<Value>(_ key: ConfigurationKey<Value>) -> Listed {
        // Entries of lists and maps have no name of their own that a variable could carry.
        let isEntry = key.path.contains("[]") || key.path.contains("NAME")
        return Listed(path: key.path, variable: isEntry ? nil : key.variable, expected: key.form.expected)
    }
}
