/// Text with places such as `{code}` for values. Braces around anything but a lower-case name are plain text.
struct PlaceholderText: Sendable, Hashable {
    enum Part: Sendable, Hashable {
        case text(String)
        case value(String)
    }

    let parts: [Part]

    init(_ text: String) {
        var parts: [Part] = []
        var literal = ""
        var rest = Substring(text)
        while let brace = rest.firstIndex(of: "{") {
            literal += rest[..<brace]
            let name = rest[rest.index(after: brace)...].prefix { ("a"..."z").contains($0) || $0 == "_" }
            if !name.isEmpty, name.endIndex < rest.endIndex, rest[name.endIndex] == "}" {
                if !literal.isEmpty { parts.append(.text(literal)) }
                literal = ""
                parts.append(.value(String(name)))
                rest = rest[rest.index(after: name.endIndex)...]
            } else {
                literal.append("{")
                rest = rest[rest.index(after: brace)...]
            }
        }
        literal += rest
        if !literal.isEmpty { parts.append(.text(literal)) }
        self.parts = parts
    }

    var names: Set<String> {
        Set(
            parts.compactMap { part in
                if case .value(let name) = part { name } else { nil }
            })
    }

    /// A name without a value leaves nothing.
    func filled(_ values: [String: String], encoded: (String) -> String = { $0 }) -> String {
        var text = ""
        for part in parts {
            switch part {
            case .text(let literal): text += literal
            case .value(let name): text += encoded(values[name] ?? "")
            }
        }
        return text
    }
}
