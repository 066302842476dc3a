internal import Crypto

extension HashAlgorithm {
    /// The hash of a backup code as another system made it: of the text as it was shown, without a salt.
    func hash(_ code: String) -> [UInt8] {
        let bytes = Array(code.utf8)
        return switch self {
        case .sha1: Array(Insecure.SHA1.hash(data: bytes))
        case .sha256: Array(SHA256.hash(data: bytes))
        case .sha512: Array(SHA512.hash(data: bytes))
        }
    }

    public var hashByteCount: Int { secretByteCount }
}
