/// Hash under the HMAC of a one-time password. Raw values are stored and are those of the wire; append only.
public enum HashAlgorithm: Int, Sendable, Hashable, CaseIterable {
    case sha1 = 1
    case sha256 = 2
    case sha512 = 3

    /// RFC 6238, section 5.1: keys should be as long as the HMAC output.
    public var secretByteCount: Int {
        switch self {
        case .sha1: 20
        case .sha256: 32
        case .sha512: 64
        }
    }
}
