import MFADomain
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
        let issuer = try reader.value(ConfigurationKeys.issuer) ?? "Countersign"
        let keyRingPath = try reader.path(ConfigurationKeys.keyRing) ?? reader.resolved("keys/keyring.json")
        let logLevel = try reader.value(ConfigurationKeys.logLevel) ?? .info
        let store = try reader.store()
        let tenants = try reader.tenants()
        let callers = try reader.callers()
        let limits = try reader.limits()
        let verification = try reader.verification()
        let backupCodes = try reader.backupCodes()
        let tls = try reader.tlsFiles()

        var warnings = reader.unknownVariables().map { "\($0.printable()) is set and is no key of the configuration" }
        if backupCodes.groups == 3 {
            warnings.append("backup_codes.groups: 3 makes codes of 60 bits; NIST SP 800-63B asks for 64 or more")
        }

        let isDevelopment = saysDevelopment || flags.isDev || tls?.isDevelopment == true
        if isDevelopment && !listen.isLoopback {
            let reason =
                tls?.isDevelopment == true || saysDevelopment ? "development keys" : "--dev"
            throw reader.error(
                ConfigurationKeys.listen, "expected a loopback address because of \(reason), found \(listen)")
        }

        var configuration = Configuration(
            listen: listen, transport: .plaintext, store: store, keyRingPath: keyRingPath, issuer: issuer,
            tenants: tenants, callers: callers, isDevelopment: isDevelopment, limits: limits,
            verification: verification, backupCodes: backupCodes, logLevel: logLevel, warnings: warnings)
        if let tls {
            configuration.transport = .tls(tls)
            if callers.isEmpty { configuration.warnings.append("callers: no entry, so nobody may call") }
        } else {
            guard flags.isDev else {
                throw reader.error(
                    ConfigurationKeys.TLS.certificate,
                    "expected tls with certificate, key and client_ca; plain text needs --dev and a loopback address")
            }
            configuration.callers = ["dev": Caller(name: "dev", tenants: .all, scopes: Set(Scope.allCases))]
        }
        return configuration
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
            checkpointPages: try value(ConfigurationKeys.Store.checkpointPages) ?? 64_000)
    }

    fileprivate func tenants() throws(ConfigurationError) -> [String: Configuration.Tenant] {
        guard let node = document.node(at: "tenants") else { return [:] }
        guard let mapping = node.mapping else {
            throw ConfigurationError(
                origin: document.origin(of: node), key: "tenants",
                problem: "expected a map of tenants, found \(node.shown)")
        }
        var tenants: [String: Configuration.Tenant] = [:]
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
            tenants[tenant] = .init(issuer: try value(of: issuer, as: ConfigurationKeys.Tenants.issuer.form, key: key))
        }
        return tenants
    }

    fileprivate func limits() throws(ConfigurationError) -> Configuration.Limits {
        typealias Keys = ConfigurationKeys.Limits
        var limits = Configuration.Limits()
        limits.messageBytes = try value(Keys.messageBytes) ?? limits.messageBytes
        limits.connections = try value(Keys.connections) ?? limits.connections
        limits.connectionsPerCaller = try value(Keys.connectionsPerCaller) ?? limits.connectionsPerCaller
        limits.callsInFlightPerConnection =
            try value(Keys.callsInFlightPerConnection) ?? limits.callsInFlightPerConnection
        limits.callsInFlight = try value(Keys.callsInFlight) ?? limits.callsInFlight
        limits.handshakeTimeoutSeconds = try value(Keys.handshakeTimeoutSeconds) ?? limits.handshakeTimeoutSeconds
        limits.frameTimeoutSeconds = try value(Keys.frameTimeoutSeconds) ?? limits.frameTimeoutSeconds
        limits.idleTimeoutSeconds = try value(Keys.idleTimeoutSeconds) ?? limits.idleTimeoutSeconds
        limits.shutdownGraceSeconds = try value(Keys.shutdownGraceSeconds) ?? limits.shutdownGraceSeconds
        return limits
    }

    fileprivate func verification() throws(ConfigurationError) -> Configuration.Verification {
        typealias Keys = ConfigurationKeys.Verification
        var verification = Configuration.Verification()
        verification.totpWindowSteps = try value(Keys.totpWindowSteps) ?? verification.totpWindowSteps
        verification.consecutiveFailures = try value(Keys.consecutiveFailures) ?? verification.consecutiveFailures
        verification.failuresPer30Days = try value(Keys.failuresPer30Days) ?? verification.failuresPer30Days
        if let delays = try values(Keys.failureDelaysSeconds) {
            guard (1...100).contains(delays.count) else {
                throw error(Keys.failureDelaysSeconds, "expected 1 to 100 entries, found \(delays.count)")
            }
            verification.failureDelaysSeconds = delays
        }
        return verification
    }

    fileprivate func backupCodes() throws(ConfigurationError) -> Configuration.BackupCodes {
        var codes = Configuration.BackupCodes()
        codes.count = try value(ConfigurationKeys.BackupCodes.count) ?? codes.count
        codes.groups = try value(ConfigurationKeys.BackupCodes.groups) ?? codes.groups
        return codes
    }
}
