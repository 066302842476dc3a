internal import Crypto

/// How another system hashed its backup codes: the text as it was shown, without a salt. Raw values are stored; append
/// only.
public enum BackupCodeScheme: Int, Sendable, Hashable, CaseIterable {
    case sha256 = 1
    case sha512 = 2
    case sha1 = 3

    public var hashByteCount: Int {
        switch self {
        case .sha256: SHA256.byteCount
        case .sha512: SHA512.byteCount
        case .sha1: Insecure.SHA1.byteCount
        }
    }

    func hash(_ code: String) -> [UInt8] {
        let bytes = Array(code.utf8)
        return switch self {
        case .sha256: Array(SHA256.hash(data: bytes))
        case .sha512: Array(SHA512.hash(data: bytes))
        case .sha1: Array(Insecure.SHA1.hash(data: bytes))
        }
    }
}
