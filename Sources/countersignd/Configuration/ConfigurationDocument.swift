import Yams

/// The configuration file as a tree in which every value knows its line.
struct ConfigurationDocument {
    let file: String
    private let root: Node?

    init(file: String, yaml: String) throws(ConfigurationError) {
        self.file = file
        do {
            root = try Yams.compose(yaml: yaml)
        } catch let error as YamlError {
            throw Self.refusal(of: error, file: file)
        } catch {
            throw ConfigurationError(origin: file, key: "", problem: "is not YAML")
        }
        if let root {
            guard root.mapping != nil || root.isNothing else {
                throw ConfigurationError(
                    origin: origin(of: root), key: "", problem: "expected a map of keys, found \(root.shown)")
            }
            try refuseUnknownKeys(in: root, below: "")
        }
    }

    /// The node at a path of plain names; nil where nothing is said.
    func node(at path: String) -> Node? {
        var node = root
        for name in path.split(separator: ".") {
            node = node?.mapping?[String(name)]
        }
        guard let node, !node.isNothing else { return nil }
        return node
    }

    func origin(of node: Node?) -> String {
        guard let mark = node?.mark else { return file }
        return "\(file):\(mark.line)"
    }

    /// Where a missing key is reported: the innermost map on the way to it.
    func origin(ofMissing path: String) -> String {
        var node = root
        var found: Node?
        for name in path.split(separator: ".") {
            node = node?.mapping?[String(name)]
            if let node { found = node }
        }
        return origin(of: found)
    }

    /// Unknown keys are refused wherever they stand, before any value is read: a misspelt limit must not be a
    /// limit left off.
    private func refuseUnknownKeys(in node: Node, below path: String) throws(ConfigurationError) {
        if let mapping = node.mapping {
            let known = Self.names(below: path)
            // A value stands here: that it is a map is reported when it is read.
            if known.isEmpty { return }
            for (name, value) in mapping {
                guard let text = name.scalar?.string, known.contains(text) || known == ["NAME"] else {
                    let shown = name.scalar.map { $0.string.printable() } ?? name.shown
                    throw ConfigurationError(
                        origin: origin(of: name), key: path.isEmpty ? shown : "\(path).\(shown)",
                        problem: "unknown key, expected \(known.joined(separator: ", "))")
                }
                let step = known == ["NAME"] ? "NAME" : text
                try refuseUnknownKeys(in: value, below: path.isEmpty ? step : "\(path).\(step)")
            }
        } else if let sequence = node.sequence {
            for entry in sequence {
                try refuseUnknownKeys(in: entry, below: path + "[]")
            }
        }
        if node.mapping == nil, !node.isNothing, !path.hasSuffix("[]") {
            let names = Self.names(below: path).map { $0 == "NAME" ? "names" : $0 }
            if names.isEmpty { return }
            throw ConfigurationError(
                origin: origin(of: node), key: path,
                problem: "expected a map with \(names.joined(separator: ", ")), found \(node.shown)")
        }
    }

    private static func names(below path: String) -> [String] {
        var names: [String] = []
        for key in ConfigurationKeys.all {
            let rest: Substring
            if path.isEmpty {
                rest = key.path[...]
            } else if key.path.hasPrefix(path + ".") {
                rest = key.path.dropFirst(path.count + 1)
            } else {
                continue
            }
            var name = String(rest.prefix { $0 != "." })
            if name.hasSuffix("[]") { name.removeLast(2) }
            if !names.contains(name) { names.append(name) }
        }
        return names
    }

    private static func refusal(of error: YamlError, file: String) -> ConfigurationError {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            ConfigurationError(origin: "\(file):\(mark.line)", key: "", problem: "is not YAML: \(problem.printable())")
        case .duplicatedKeysInMapping(let duplicates, let context):
            ConfigurationError(
                origin: "\(file):\(context.mark.line)",
                key: duplicates.sorted().map { $0.printable() }.joined(separator: ", "), problem: "given twice")
        default:
            ConfigurationError(origin: file, key: "", problem: "is not YAML in UTF-8")
        }
    }
}

extension Node {
    /// What YAML takes the node for.
    private var kind: Tag.Name { Tag.Name(rawValue: tag.rawValue) }

    var isNothing: Bool { scalar != nil && kind == .null }

    /// What was found, for "expected …, found …".
    var shown: String {
        switch self {
        case .mapping: return "a map"
        case .sequence: return "a list"
        case .alias: return "an alias"
        case .scalar(let scalar):
            switch kind {
            case .null: return "nothing"
            case .str: return "the text \"\(scalar.string.printable(longest: 80))\""
            default: return scalar.string.printable(longest: 80)
            }
        }
    }

    /// The text of a scalar if YAML takes it for a value of this kind.
    func text<Value>(for form: ValueForm<Value>) -> String? {
        guard let scalar else { return nil }
        let fits =
            switch form.kind {
            case .text: kind == .str
            case .number: kind == .int
            case .truth: kind == .bool
            }
        return fits ? scalar.string : nil
    }
}
