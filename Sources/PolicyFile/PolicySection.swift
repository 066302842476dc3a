internal import Yams

/// A map of the file, whose keys are taken one by one; what nobody took is unknown.
struct PolicySection {
    let file: String
    let path: String
    let node: Node
    private let entries: [String: Node]
    private var taken: Set<String> = []

    init(_ node: Node, path: String, file: String) throws(PolicyFileError) {
        self.file = file
        self.path = path
        self.node = node
        guard let mapping = node.mapping else {
            throw PolicyValue(node, key: path, file: file).refusal("expected a map, found \(node.shown)")
        }
        var entries: [String: Node] = [:]
        for (name, value) in mapping {
            guard let text = name.scalar?.string else {
                throw PolicyValue(name, key: path, file: file).refusal("expected a name, found \(name.shown)")
            }
            entries[text] = value
        }
        self.entries = entries
    }

    /// Nil where nothing is said.
    mutating func take(_ name: String) -> PolicyValue? {
        taken.insert(name)
        return entries[name].map { PolicyValue($0, key: key(name), file: file) }
    }

    mutating func section(_ name: String) throws(PolicyFileError) -> PolicySection? {
        guard let value = take(name) else { return nil }
        return try PolicySection(value.node, path: value.key, file: file)
    }

    /// Where one of the keys stands, for a contradiction.
    func refusal(at name: String, _ problem: String) -> PolicyFileError {
        PolicyValue(entries[name] ?? node, key: key(name), file: file).refusal(problem)
    }

    /// What is wrong with the section as a whole.
    func refusal(_ problem: String) -> PolicyFileError {
        PolicyValue(node, key: path, file: file).refusal(problem)
    }

    private func key(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    func has(_ name: String) -> Bool { entries[name] != nil }

    /// - Throws: for a key that nobody took.
    func finish() throws(PolicyFileError) {
        guard let mapping = node.mapping else { return }
        for (name, _) in mapping {
            guard let text = name.scalar?.string, !taken.contains(text) else { continue }
            throw PolicyValue(name, key: key(text.printable), file: file)
                .refusal("unknown key, expected \(taken.sorted().joined(separator: ", "))")
        }
    }
}

extension Node {
    /// For people.
    var shown: String {
        switch self {
        case .scalar(let scalar): "\"\(scalar.string.printable)\""
        case .mapping: "a map"
        case .sequence: "a list"
        case .alias: "an alias"
        }
    }
}
