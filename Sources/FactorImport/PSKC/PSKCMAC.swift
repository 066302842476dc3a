internal import Crypto

/// The HMAC over encrypted values (RFC 6030, section 6.1.1).
struct PSKCMAC {
    enum Hash {
        case sha1, sha256, sha384, sha512
    }

    private let hash: Hash
    private let key: SymmetricKey

    /// - Parameters:
    ///   - method: An element MACMethod.
    ///   - encryptionKey: Encrypts the MAC's key, and is it where the file has none.
    init(_ method: PSKCElement, encryptionKey: SymmetricKey) throws(ImportError) {
        guard let hash = Self.hash(method.attributes["Algorithm"] ?? "") else { throw .unsupportedMAC }
        self.hash = hash
        // A key of another name, which nobody gave us.
        guard try method.child("MACKeyReference") == nil else { throw .unsupportedMAC }
        guard let macKey = try method.child("MACKey") else {
            key = encryptionKey
            return
        }
        let cipher = try PSKCCipher(try macKey.required("EncryptionMethod"))
        let bytes = try macKey.required("CipherData").required("CipherValue").bytes()
        let plain = try cipher.decrypt(bytes, key: encryptionKey)
        guard plain.count >= 16 else { throw .undecryptable }
        key = SymmetricKey(data: plain)
    }

    /// The hash of an HMAC named by its URI; both spellings of the name space are about.
    static func hash(_ name: String) -> Hash? {
        for prefix in ["http://www.w3.org/2000/09/xmldsig#", "http://www.w3.org/2001/04/xmldsig-more#"]
        where name.hasPrefix(prefix) {
            switch name.dropFirst(prefix.count) {
            case "hmac-sha1": return .sha1
            case "hmac-sha256": return .sha256
            case "hmac-sha384": return .sha384
            case "hmac-sha512": return .sha512
            default: return nil
            }
        }
        return nil
    }

    func isValid(_ mac: [UInt8], of bytes: [UInt8]) -> Bool {
        switch hash {
        case .sha1: HMAC<Insecure.SHA1>.isValidAuthenticationCode(mac, authenticating: bytes, using: key)
        case .sha256: HMAC<SHA256>.isValidAuthenticationCode(mac, authenticating: bytes, using: key)
        case .sha384: HMAC<SHA384>.isValidAuthenticationCode(mac, authenticating: bytes, using: key)
        case .sha512: HMAC<SHA512>.isValidAuthenticationCode(mac, authenticating: bytes, using: key)
        }
    }
}
