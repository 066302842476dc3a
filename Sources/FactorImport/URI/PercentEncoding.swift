/// RFC 3986, section 2.1.
enum PercentEncoding {
    /// Nil where a "%" is not followed by two hexadecimal digits, where a character stands that a URI cannot hold
    /// unencoded, or where the result is not UTF-8. A "+" is a plus: only HTML forms read it as a space.
    static func decode(_ text: ArraySlice<UInt8>) -> String? {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(text.count)
        var bytes = text.makeIterator()
        while let byte = bytes.next() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = bytes.next().flatMap(Hexadecimal.value),
                    let low = bytes.next().flatMap(Hexadecimal.value)
                else { return nil }
                decoded.append(high << 4 | low)
            case _ where isAllowed[Int(byte)]:
                decoded.append(byte)
            default:
                return nil
            }
        }
        return String(validating: decoded, as: UTF8.self)
    }

    /// By byte: unreserved characters, sub-delimiters and what else a path or a query holds.
    private static let isAllowed: [Bool] = {
        var isAllowed = [Bool](repeating: false, count: 256)
        let characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/?"
        for byte in characters.utf8 { isAllowed[Int(byte)] = true }
        return isAllowed
    }()
}
