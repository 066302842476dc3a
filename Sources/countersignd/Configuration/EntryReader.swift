import MFADelivery
import Yams

/// Reads one entry of a list of maps.
struct EntryReader {
    let reader: ConfigurationReader
    let entry: Node
    /// Of the entry, as in `delivery.sms[0]`.
    let path: String

    func value<Value>(_ key: ConfigurationKey<Value>) throws(ConfigurationError) -> Value? {
        guard let node = node(key) else { return nil }
        return try reader.value(of: node, as: key.form, key: "\(path).\(name(key))")
    }

    func required<Value>(_ key: ConfigurationKey<Value>) throws(ConfigurationError) -> Value {
        guard let value = try value(key) else { throw error(name(key), "expected \(key.form.expected), found nothing") }
        return value
    }

    func required<Value>(_ value: Value?, _ name: String) throws(ConfigurationError) -> Value {
        guard let value else { throw error(name, "expected one, found nothing") }
        return value
    }

    /// A relative one starts at the file's folder.
    func path(_ key: ConfigurationKey<String>) throws(ConfigurationError) -> String? {
        try value(key).map { reader.resolved($0) }
    }

    /// A secret, written there or in a file of its own.
    func secret(
        _ key: ConfigurationKey<String>, _ file: ConfigurationKey<String>
    ) throws(ConfigurationError) -> SecretSetting? {
        switch (try value(key), try path(file)) {
        case (nil, nil): nil
        case (let text?, nil): .value(text)
        case (nil, let path?): .file(path)
        case (.some, .some): throw error(name(file), "must not be given beside \(name(key))")
        }
    }

    /// The entries of a map inside the entry, in their order. The key ends with `.NAME`.
    func map<Value>(_ key: ConfigurationKey<Value>) throws(ConfigurationError) -> [(key: String, value: Value)] {
        let name = name(key).prefix { $0 != "." }
        guard let mapping = entry.mapping?[String(name)]?.mapping else { return [] }
        var values: [(key: String, value: Value)] = []
        for (node, value) in mapping {
            let entryName = node.scalar?.string ?? ""
            values.append(
                (
                    entryName,
                    try reader.value(of: value, as: key.form, key: "\(path).\(name).\(entryName.printable())")
                ))
        }
        return values
    }

    func error(_ name: String, _ problem: String) -> ConfigurationError {
        ConfigurationError(
            origin: reader.document.origin(of: entry.mapping?[name] ?? entry), key: "\(path).\(name)", problem: problem)
    }

    private func node<Value>(_ key: ConfigurationKey<Value>) -> Node? {
        guard let node = entry.mapping?[name(key)], !node.isNothing else { return nil }
        return node
    }

    /// The key's name inside its entry.
    private func name<Value>(_ key: ConfigurationKey<Value>) -> String {
        key.path.range(of: "[].").map { String(key.path[$0.upperBound...]) } ?? key.path
    }
}
