public import MFADomain

/// The RFCs' own values.
public enum TOTPVectors {
    /// RFC 6238, appendix B. The seeds are those of the reference code: 20, 32 and 64 bytes.
    public static let rfc6238: [(seconds: Int64, algorithm: HashAlgorithm, code: String)] = [
        (59, .sha1, "94287082"), (59, .sha256, "46119246"), (59, .sha512, "90693936"),
        (1_111_111_109, .sha1, "07081804"), (1_111_111_109, .sha256, "68084774"), (1_111_111_109, .sha512, "25091201"),
        (1_111_111_111, .sha1, "14050471"), (1_111_111_111, .sha256, "67062674"), (1_111_111_111, .sha512, "99943326"),
        (1_234_567_890, .sha1, "89005924"), (1_234_567_890, .sha256, "91819424"), (1_234_567_890, .sha512, "93441116"),
        (2_000_000_000, .sha1, "69279037"), (2_000_000_000, .sha256, "90698825"), (2_000_000_000, .sha512, "38618901"),
        (20_000_000_000, .sha1, "65353130"), (20_000_000_000, .sha256, "77737706"),
        (20_000_000_000, .sha512, "47863826"),
    ]

    /// RFC 4226, appendix D: the HOTP values of counters 0 to 9 are the TOTP codes of steps 0 to 9.
    public static let rfc4226 = [
        "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489",
    ]

    public static func seed(_ algorithm: HashAlgorithm) -> [UInt8] {
        let digits = Array("1234567890".utf8)
        return (0..<algorithm.secretByteCount).map { digits[$0 % 10] }
    }
}
