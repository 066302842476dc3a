/// A code that is sent: digits, each equally likely, leading zeros included (CONTROLS row 18).
public enum OutOfBandCode {
    public static func make(digits: Int, entropy: inout some Entropy) -> String {
        var code = ""
        for _ in 0..<digits { code.append(Character(Unicode.Scalar(UInt8(ascii: "0") + digit(&entropy)))) }
        return code
    }

    /// Four random bits at a time, those of ten and more thrown away, so that no digit is favoured.
    private static func digit(_ entropy: inout some Entropy) -> UInt8 {
        while true {
            var word = entropy.next()
            for _ in 0..<16 {
                let nibble = UInt8(truncatingIfNeeded: word & 15)
                if nibble < 10 { return nibble }
                word >>= 4
            }
        }
    }

    /// Compares all digits, whatever differed before. What is not exactly this many ASCII digits is no code (CONTROLS
    /// row 8).
    static func matches(_ typed: String, _ code: String) -> Bool {
        guard !code.isEmpty, typed.utf8.count == code.utf8.count else { return false }
        var difference: UInt8 = 0
        for (left, right) in zip(typed.utf8, code.utf8) { difference |= left ^ right }
        return difference == 0
    }
}
