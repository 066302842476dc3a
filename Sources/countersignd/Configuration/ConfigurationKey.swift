/// One key of the configuration: its path, what may stand there and what holds when it is unset.
struct ConfigurationKey<Value: Sendable>: Sendable {
    /// Names from the top of the file, separated by dots.
    let path: String
    let form: ValueForm<Value>

    init(_ path: String, _ form: ValueForm<Value>) {
        self.path = path
        self.form = form
    }

    /// The one rule for the environment: the path in upper case, with underscores.
    var variable: String {
        "COUNTERSIGN_" + path.uppercased().replacing(".", with: "_")
    }
}

/// What may stand at a key: how it is read and how the expectation is worded.
struct ValueForm<Value: Sendable>: Sendable {
    /// The kinds of value that YAML tells apart.
    enum Kind: Sendable { case text, number, truth }

    let kind: Kind
    /// Completes "expected …".
    let expected: String
    let parse: @Sendable (String) -> Value?
}

extension ValueForm where Value == Int {
    static func wholeNumber(_ range: ClosedRange<Int>) -> ValueForm {
        ValueForm(kind: .number, expected: "a whole number from \(range.lowerBound) to \(range.upperBound)") { text in
            // Decimal digits alone: Int() would take a sign, YAML also octal and base 60.
            guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text) else { return nil }
            return range.contains(number) ? number : nil
        }
    }
}

extension ValueForm where Value == Bool {
    static var truth: ValueForm {
        ValueForm(kind: .truth, expected: "true or false") { text in
            switch text {
            case "true": true
            case "false": false
            default: nil
            }
        }
    }
}

extension ValueForm where Value == String {
    /// Text for people, of 1 to `longest` characters, on one line.
    static func line(_ what: String, longest: Int) -> ValueForm {
        ValueForm(kind: .text, expected: "\(what) of 1 to \(longest) characters") { text in
            guard (1...longest).contains(text.count), !text.unicodeScalars.contains(where: \.isUnsafeInALine) else {
                return nil
            }
            return text
        }
    }

    static var path: ValueForm {
        ValueForm(kind: .text, expected: "a path") { $0.isEmpty || $0.utf8.contains(0) ? nil : $0 }
    }
}

extension ValueForm where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One of the words of an enumeration.
    static func word(of _: Value.Type = Value.self) -> ValueForm {
        let words = Value.allCases.map(\.rawValue).joined(separator: ", ")
        return ValueForm(kind: .text, expected: "one of \(words)") { Value(rawValue: $0) }
    }
}
