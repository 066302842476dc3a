internal import Crypto

/// The algorithm of RFC 6238 over RFC 4226.
public enum TOTP {
    /// Makes the codes of one secret.
    enum Generator {
        case sha1(KeyedHMAC<Insecure.SHA1>)
        case sha256(KeyedHMAC<SHA256>)
        case sha512(KeyedHMAC<SHA512>)

        init(secret: [UInt8], algorithm: HashAlgorithm) {
            self =
                switch algorithm {
                case .sha1: .sha1(KeyedHMAC(key: secret))
                case .sha256: .sha256(KeyedHMAC(key: secret))
                case .sha512: .sha512(KeyedHMAC(key: secret))
                }
        }

        /// The codes of some steps, in their order, as numbers below 10^digits.
        func codes(of steps: some Sequence<Int64>, digits: Int) -> [UInt32] {
            switch self {
            case .sha1(let hmac): TOTP.codes(hmac, steps, digits)
            case .sha256(let hmac): TOTP.codes(hmac, steps, digits)
            case .sha512(let hmac): TOTP.codes(hmac, steps, digits)
            }
        }
    }

    private static func codes<Hash>(
        _ hmac: KeyedHMAC<Hash>, _ steps: some Sequence<Int64>, _ digits: Int
    ) -> [UInt32] {
        steps.map { truncate(hmac.digest(UInt64(bitPattern: $0)), digits) }
    }

    /// The code of one step as people see it, leading zeros included.
    public static func text(secret: [UInt8], step: Int64, parameters: TOTPParameters) -> String {
        let codes = Generator(secret: secret, algorithm: parameters.algorithm)
            .codes(of: CollectionOfOne(step), digits: parameters.digits)
        let digits = codes.map { String($0) }.joined()
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
    private static func truncate(_ mac: some Digest, _ digits: Int) -> UInt32 {
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
