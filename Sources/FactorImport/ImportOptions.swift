public import MFADomain

/// How a source is read.
public struct ImportOptions: Sendable {
    /// What opens an encrypted PSKC file.
    public enum Key: Sendable {
        /// 16, 24 or 32 bytes, as the file's cipher needs.
        case preShared([UInt8])
        case password(String)
    }

    /// The moment that keys must be valid at.
    public let now: Timestamp
    /// Takes secrets of 80 to 127 bits, with a warning. Otherwise 128 bits are the least (RFC 4226, section 4, R6).
    public let allowShortSecrets: Bool
    public let key: Key?

    public init(now: Timestamp, allowShortSecrets: Bool = false, key: Key? = nil) {
        (self.now, self.allowShortSecrets, self.key) = (now, allowShortSecrets, key)
    }
}
