import MFADomain

extension ValueForm where Value == String {
    /// The issuer that authenticator apps show. The Key URI format separates it from the account by a colon.
    static var issuer: ValueForm {
        let line = ValueForm.line("a name without a colon", longest: 64)
        return ValueForm(kind: .text, expected: line.expected) { text in
            text.contains(":") ? nil : line.parse(text)
        }
    }

    /// What a client certificate's SAN says: a SPIFFE ID, or a DNS name.
    static var callerIdentity: ValueForm {
        ValueForm(kind: .text, expected: "a SPIFFE ID such as spiffe://example.org/backend or a DNS name") { text in
            guard text.utf8.count <= 2_048 else { return nil }
            if text.hasPrefix("spiffe://") {
                let parts = text.dropFirst("spiffe://".count).split(separator: "/", omittingEmptySubsequences: false)
                guard parts.count >= 2, let domain = parts.first else { return nil }
                let isDomain = domain.utf8.allSatisfy { $0.isLowercaseLetterOrDigit || "-._".utf8.contains($0) }
                let isPath = parts.dropFirst().allSatisfy { segment in
                    !segment.isEmpty && segment != "." && segment != ".."
                        && segment.utf8.allSatisfy { $0.isLetterOrDigit || "-._".utf8.contains($0) }
                }
                return !domain.isEmpty && isDomain && isPath ? text : nil
            }
            let labels = text.split(separator: ".", omittingEmptySubsequences: false)
            let isName = labels.allSatisfy { label in
                (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
                    && label.utf8.allSatisfy { $0.isLowercaseLetterOrDigit || $0 == UInt8(ascii: "-") }
            }
            return isName && text.utf8.count <= 253 ? text : nil
        }
    }

    static var callerName: ValueForm {
        ValueForm(kind: .text, expected: "a name of 1 to 64 letters, digits, '-', '_' and '.'") { $0.isName ? $0 : nil }
    }

    static var tenantName: ValueForm {
        ValueForm(
            kind: .text,
            expected: "\"*\" for all or a list of names of 1 to 64 letters, digits, '-', '_' and '.'"
        ) { $0 == "*" || $0.isName ? $0 : nil }
    }
}

extension ValueForm where Value == Int {
    static var codeDigits: ValueForm {
        ValueForm(kind: .number, expected: "6 or 8") { ["6": 6, "8": 8][$0] }
    }
}

extension ValueForm where Value == String {
    static var providerName: ValueForm {
        ValueForm(kind: .text, expected: "a name of 1 to 32 of a-z, 0-9, '-' and '_'") { text in
            (1...32).contains(text.utf8.count)
                && text.utf8.allSatisfy { $0.isLowercaseLetterOrDigit || "-_".utf8.contains($0) } ? text : nil
        }
    }

    /// ISO 3166-1 alpha-2.
    static var country: ValueForm {
        ValueForm(kind: .text, expected: "two capital letters such as CH (ISO 3166-1)") { text in
            text.utf8.count == 2 && text.utf8.allSatisfy { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
                ? text : nil
        }
    }

    /// Text without spaces, checked further where it is used.
    static func word(_ what: String) -> ValueForm {
        ValueForm(kind: .text, expected: what) { text in
            (1...253).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21..<0x7f).contains($0) } ? text : nil
        }
    }

    static var url: ValueForm {
        ValueForm(kind: .text, expected: "an http:// or https:// URL") { text in
            (text.hasPrefix("https://") || text.hasPrefix("http://")) && text.utf8.count <= 2_048
                && text.utf8.allSatisfy { (0x21..<0x7f).contains($0) } ? text : nil
        }
    }

    /// Text of more than one line.
    static func text(_ what: String, longest: Int) -> ValueForm {
        ValueForm(kind: .text, expected: "\(what) of 1 to \(longest) bytes") { text in
            (1...longest).contains(text.utf8.count) ? text : nil
        }
    }
}

extension String {
    var isName: Bool {
        (1...64).contains(utf8.count) && utf8.allSatisfy { $0.isLetterOrDigit || "-_.".utf8.contains($0) }
    }
}

extension UInt8 {
    var isLowercaseLetterOrDigit: Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self)
    }

    var isLetterOrDigit: Bool {
        isLowercaseLetterOrDigit || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self)
    }
}
