import Yams

/// Reads keys from the file, the environment and the flags; the later of these wins.
struct ConfigurationReader {
    let document: ConfigurationDocument
    private let folder: String
    private let environment: [String: String]
    /// By the path of the key: the flag and what was given with it.
    private let flags: [String: (flag: String, text: String)]

    init(
        document: ConfigurationDocument, environment: [String: String],
        flags: [String: (flag: String, text: String)]
    ) {
        self.document = document
        self.folder = document.file.lastIndex(of: "/").map { String(document.file[...$0]) } ?? ""
        self.environment = environment
        self.flags = flags
    }

    /// The value of a key; nil where nobody set it.
    func value<Value>(_ key: ConfigurationKey<Value>) throws(ConfigurationError) -> Value? {
        if let (_, text) = override(of: key) {
            guard let value = key.form.parse(text) else { throw refusal(key, of: text) }
            return value
        }
        guard let node = document.node(at: key.path) else { return nil }
        return try value(of: node, as: key.form, key: key.path)
    }

    /// A list of values; comma-separated in the environment.
    func values<Value>(_ key: ConfigurationKey<Value>) throws(ConfigurationError) -> [Value]? {
        if let (_, text) = override(of: key) {
            var values: [Value] = []
            for item in text.split(separator: ",", omittingEmptySubsequences: false) {
                guard let value = key.form.parse(String(item)) else { throw refusal(key, of: text, isList: true) }
                values.append(value)
            }
            return values
        }
        guard let node = document.node(at: key.path) else { return nil }
        return try values(of: node, as: key.form, key: key.path)
    }

    /// A path; a relative one in the file starts at the file's folder, others at the working directory.
    func path(_ key: ConfigurationKey<String>) throws(ConfigurationError) -> String? {
        guard let path = try value(key) else { return nil }
        return override(of: key) == nil ? resolved(path) : path
    }

    /// A list of paths, under the same rule.
    func paths(_ key: ConfigurationKey<String>) throws(ConfigurationError) -> [String] {
        let paths = try values(key) ?? []
        return override(of: key) == nil ? paths.map(resolved) : paths
    }

    func resolved(_ path: String) -> String {
        path.hasPrefix("/") ? path : folder + path
    }

    func value<Value>(
        of node: Node, as form: ValueForm<Value>, key: String
    ) throws(ConfigurationError) -> Value {
        guard let value = node.text(for: form).flatMap(form.parse) else {
            throw ConfigurationError(
                origin: document.origin(of: node), key: key, problem: "expected \(form.expected), found \(node.shown)")
        }
        return value
    }

    func values<Value>(
        of node: Node, as form: ValueForm<Value>, key: String
    ) throws(ConfigurationError) -> [Value] {
        guard let sequence = node.sequence else {
            throw ConfigurationError(
                origin: document.origin(of: node), key: key,
                problem: "expected a list, each entry \(form.expected), found \(node.shown)")
        }
        var values: [Value] = []
        for entry in sequence {
            values.append(try value(of: entry, as: form, key: key))
        }
        return values
    }

    /// Refuses what a key says, for a reason that shows only beside other keys or in the files it names.
    func error<Value>(_ key: ConfigurationKey<Value>, _ problem: String) -> ConfigurationError {
        ConfigurationError(origin: origin(of: key), key: key.path, problem: problem)
    }

    /// Names in the environment that look like ours and are not: a misspelt override changes nothing.
    func unknownVariables() -> [String] {
        let known = Set(ConfigurationKeys.all.compactMap(\.variable))
        return environment.keys.filter {
            $0.hasPrefix("COUNTERSIGN_") && !known.contains($0) && !Self.clientVariables.contains($0)
        }.sorted()
    }

    /// The command line's variables, which may stand in the same environment.
    private static let clientVariables: Set<String> = [
        "COUNTERSIGN_ADDRESS", "COUNTERSIGN_CA", "COUNTERSIGN_CERTIFICATE", "COUNTERSIGN_CONFIG", "COUNTERSIGN_KEY",
        "COUNTERSIGN_PLAINTEXT", "COUNTERSIGN_SERVER_NAME", "COUNTERSIGN_TENANT", "COUNTERSIGN_TIMEOUT_SECONDS",
    ]

    private func override<Value>(of key: ConfigurationKey<Value>) -> (origin: String, text: String)? {
        if let (flag, text) = flags[key.path] { return (flag, text) }
        // An empty variable counts as unset: that is how container tools pass on what nobody set.
        if let text = environment[key.variable], !text.isEmpty { return (key.variable, text) }
        return nil
    }

    private func origin<Value>(of key: ConfigurationKey<Value>) -> String {
        if let override = override(of: key) { return override.origin }
        return document.origin(ofMissing: key.path)
    }

    private func refusal<Value>(
        _ key: ConfigurationKey<Value>, of text: String, isList: Bool = false
    ) -> ConfigurationError {
        let expected = isList ? "a list with commas, each entry \(key.form.expected)" : key.form.expected
        return error(key, "expected \(expected), found \"\(text.printable(longest: 80))\"")
    }
}
