import CountersignClient

/// What flags, environment and file say together.
struct ClientSettings: Equatable {
    var client: CountersignClient.Configuration
    var tenant: String

    static let defaultAddress = "127.0.0.1:7443"

    /// The first of `sources` that has a setting wins.
    init(_ sources: [Source]) throws {
        func text(_ setting: Setting) -> (value: String, origin: String)? {
            for source in sources {
                if let value = source.values[setting], !value.isEmpty { return (value, source.name(setting)) }
            }
            return nil
        }
        func required(_ setting: Setting) throws -> String {
            guard let found = text(setting) else {
                throw Complaint(
                    "\(setting.rawValue) is not configured",
                    hint: "name a configuration file with --config, or give --ca, --certificate and --key; "
                        + "a development server started with `make run` writes var/client.yaml")
            }
            return found.value
        }

        let address = text(.address) ?? (Self.defaultAddress, "")
        let (host, port) = try Self.parse(address.value, origin: address.origin)
        if let plaintext = try text(.plaintext).map(Self.bool), plaintext {
            client = .plaintext(host: host, port: port)
        } else {
            client = .mutualTLS(
                host: host, port: port, certificate: try required(.certificate), key: try required(.key),
                ca: try required(.ca), serverName: text(.serverName)?.value)
        }
        if let (value, origin) = text(.timeoutSeconds) {
            guard let seconds = Double(value), seconds > 0, seconds <= 86_400 else {
                throw Complaint("\(origin): \(value) is not a number of seconds above 0")
            }
            client.timeout = .milliseconds(Int64((seconds * 1000).rounded(.up)))
        }
        // A person waits in front of the program.
        client.waitsForServer = false
        tenant = text(.tenant)?.value ?? "default"
    }

    /// One place that settings come from.
    struct Source {
        let values: [Setting: String]
        /// How a person knows a setting there.
        let name: (Setting) -> String

        static func environment(_ environment: [String: String]) -> Source {
            var values: [Setting: String] = [:]
            for setting in Setting.allCases { values[setting] = environment[setting.environmentName] }
            return Source(values: values) { $0.environmentName }
        }

        static func file(_ path: String) throws -> Source {
            Source(values: try ConfigurationFile(path: path).values) { "\(path): \($0.rawValue)" }
        }
    }

    private static func parse(_ address: String, origin: String) throws -> (host: String, port: Int) {
        let wrong = Complaint(
            "\(origin): \(address) is not HOST:PORT", hint: "for example \(defaultAddress) or [::1]:7443")
        guard let colon = address.lastIndex(of: ":") else { throw wrong }
        var host = address[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            throw wrong
        }
        guard !host.isEmpty, let port = UInt16(address[address.index(after: colon)...]), port > 0 else { throw wrong }
        return (String(host), Int(port))
    }

    private static func bool(_ value: String, origin: String) throws -> Bool {
        switch value.lowercased() {
        case "true", "yes", "on", "1": true
        case "false", "no", "off", "0": false
        default: throw Complaint("\(origin): \(value) is neither true nor false")
        }
    }
}
