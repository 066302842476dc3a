internal import Crypto

/// The algorithm of RFC 6238 over RFC 4226.
public enum TOTP {
    /// The code of one step, as a number below 10^digits.
    public static func code(secret: [UInt8], step: Int64, algorithm: HashAlgorithm, digits: Int) -> UInt32 {
        // RFC 4226, section 5.2: the counter is hashed as 8 bytes, high-order byte first.
        let counter = withUnsafeBytes(of: UInt64(bitPattern: step).bigEndian) { Array($0) }
        let key = SymmetricKey(data: secret)
        switch algorithm {
        case .sha1:
            return truncate(HMAC<Insecure.SHA1>.authenticationCode(for: counter, using: key), digits)
        case .sha256:
            return truncate(HMAC<SHA256>.authenticationCode(for: counter, using: key), digits)
        case .sha512:
            return truncate(HMAC<SHA512>.authenticationCode(for: counter, using: key), digits)
        }
    }

    /// The code of one step as people see it, leading zeros included.
    public static func text(secret: [UInt8], step: Int64, parameters: TOTPParameters) -> String {
        let digits = String(
            code(secret: secret, step: step, algorithm: parameters.algorithm, digits: parameters.digits))
        return String(repeating: "0", count: max(0, parameters.digits - digits.count)) + digits
    }

    /// Reads a submitted code. Nil unless it is exactly this many ASCII digits: no spaces, no other scripts' digits
    /// (CONTROLS row 8).
    public static func number(_ code: String, digits: Int) -> UInt32? {
        guard code.utf8.count == digits else { return nil }
        var number: UInt32 = 0
        for character in code.utf8 {
            guard character >= UInt8(ascii: "0"), character <= UInt8(ascii: "9") else { return nil }
            number = number &* 10 &+ UInt32(character - UInt8(ascii: "0"))
        }
        return number
    }

    /// RFC 4226, section 5.3: dynamic truncation.
    private static func truncate<Hash>(_ mac: HashedAuthenticationCode<Hash>, _ digits: Int) -> UInt32 {
        mac.withUnsafeBytes { mac in
            // An HMAC has at least 20 bytes, so the offset, at most 15, leaves four to read.
            let offset = Int(mac[mac.count - 1] & 0x0f)
            let binary =
                UInt32(mac[offset] & 0x7f) << 24 | UInt32(mac[offset + 1]) << 16 | UInt32(mac[offset + 2]) << 8
                | UInt32(mac[offset + 3])
            return binary % (digits == 8 ? 100_000_000 : 1_000_000)
        }
    }
}
