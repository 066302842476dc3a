/// RFC 3986, section 2.1.
enum PercentEncoding {
    /// Nil where a "%" is not followed by two hexadecimal digits, where a character stands that a URI cannot hold
    /// unencoded, or where the result is not UTF-8. A "+" is a plus: only HTML forms read it as a space.
    static func decode(_ text: Substring) -> String? {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(text.utf8.count)
        var bytes = text.utf8.makeIterator()
        while let byte = bytes.next() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = bytes.next().flatMap(Hexadecimal.value),
                    let low = bytes.next().flatMap(Hexadecimal.value)
                else { return nil }
                decoded.append(high << 4 | low)
            case _ where isAllowed(byte):
                decoded.append(byte)
            default:
                return nil
            }
        }
        return String(validating: decoded, as: UTF8.self)
    }

    /// Unreserved characters, sub-delimiters and what else a path or a query holds.
    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default:
            marks.contains(byte)
        }
    }

    private static let marks = Set("-._~!$&'()*+,;=:@/?".utf8)
}
