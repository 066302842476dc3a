import Foundation
import Yams

/// The YAML file of the configuration. A key it does not know is refused: a misspelt one must not go unnoticed.
struct ConfigurationFile {
    private(set) var values: [Setting: String] = [:]

    /// Paths in it are relative to it.
    init(path: String) throws {
        let text: String
        do {
            text = try String(contentsOf: URL(fileURLWithPath: path), encoding: .utf8)
        } catch {
            throw Complaint(
                "cannot read the configuration file \(path)", hint: "check that it exists and is UTF-8 text")
        }
        try self.init(text: text, path: path)
    }

    init(text: String, path: String) throws {
        let node: Node?
        do {
            node = try Yams.compose(yaml: text)
        } catch {
            throw Complaint("\(path) is not YAML: \(Self.text(error))")
        }
        guard let node else { return }
        guard let mapping = node.mapping else { throw Complaint("\(path) must be a list of `key: value`") }
        for (keyNode, valueNode) in mapping {
            let key = keyNode.string ?? ""
            guard let setting = Setting(rawValue: key) else {
                throw Complaint(
                    "\(path): unknown key \(key)",
                    hint: "the keys are \(Setting.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            guard let value = valueNode.scalar?.string else {
                throw Complaint("\(path): \(key) must be a single value")
            }
            values[setting] = setting.isPath ? Self.resolve(value, against: path) : value
        }
    }

    private static func resolve(_ value: String, against path: String) -> String {
        guard !value.hasPrefix("/"), !value.isEmpty, let slash = path.lastIndex(of: "/") else { return value }
        return path[...slash] + value
    }

    /// In one line; what Yams says repeats the text of the file.
    private static func text(_ error: any Error) -> String {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            "line \(mark.line): \(problem)"
        case .duplicatedKeysInMapping: "a key occurs twice"
        default: "it cannot be read"
        }
    }

    /// The file to use when no flag names one.
    static func defaultPath(environment: [String: String]) -> String? {
        if let named = environment["COUNTERSIGN_CONFIG"], !named.isEmpty { return named }
        var candidates = ["var/client.yaml"]
        if let home = environment["HOME"], !home.isEmpty {
            candidates.append("\(home)/.config/countersign/client.yaml")
        }
        return candidates.first { FileManager.default.fileExists(atPath: $0) }
    }
}
