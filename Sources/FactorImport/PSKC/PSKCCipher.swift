internal import Crypto
internal import CryptoExtras

/// How a value is encrypted: AES by XML Encryption.
enum PSKCCipher {
    /// With how many bytes of key. Authenticates nothing.
    case cbc(keyBytes: Int)
    /// RFC 3394, which checks itself.
    case keyWrap(keyBytes: Int)

    /// - Parameter method: An element EncryptionMethod.
    init(_ method: PSKCElement) throws(ImportError) {
        switch method.attributes["Algorithm"] {
        case "http://www.w3.org/2001/04/xmlenc#aes128-cbc": self = .cbc(keyBytes: 16)
        case "http://www.w3.org/2001/04/xmlenc#aes192-cbc": self = .cbc(keyBytes: 24)
        case "http://www.w3.org/2001/04/xmlenc#aes256-cbc": self = .cbc(keyBytes: 32)
        case "http://www.w3.org/2001/04/xmlenc#kw-aes128": self = .keyWrap(keyBytes: 16)
        case "http://www.w3.org/2001/04/xmlenc#kw-aes192": self = .keyWrap(keyBytes: 24)
        case "http://www.w3.org/2001/04/xmlenc#kw-aes256": self = .keyWrap(keyBytes: 32)
        default: throw .unsupportedEncryption
        }
    }

    func decrypt(_ bytes: [UInt8], key: SymmetricKey) throws(ImportError) -> [UInt8] {
        switch self {
        case .cbc(let keyBytes):
            guard key.bitCount == keyBytes * 8 else { throw .wrongKeyLength }
            return try decryptCBC(bytes, key: key)
        case .keyWrap(let keyBytes):
            guard key.bitCount == keyBytes * 8 else { throw .wrongKeyLength }
            // A key of two blocks at least, and the check value.
            guard bytes.count >= 24, bytes.count.isMultiple(of: 8),
                let plain = try? AES.KeyWrap.unwrap(bytes, using: key)
            else { throw .undecryptable }
            return plain.withUnsafeBytes { Array($0) }
        }
    }

    /// The initialisation vector stands first. The last byte tells how many bytes of padding there are; what the others
    /// hold is open (XML Encryption, section 5.2), so that the library's own padding is too strict.
    private func decryptCBC(_ bytes: [UInt8], key: SymmetricKey) throws(ImportError) -> [UInt8] {
        guard bytes.count >= 32, bytes.count.isMultiple(of: 16), let iv = try? AES._CBC.IV(ivBytes: bytes[..<16]),
            let padded = try? AES._CBC.decrypt(bytes[16...], using: key, iv: iv, noPadding: true),
            let padding = padded.last, (1...16).contains(padding)
        else { throw .undecryptable }
        return Array(padded.dropLast(Int(padding)))
    }
}
