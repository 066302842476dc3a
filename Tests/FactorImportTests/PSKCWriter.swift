import Crypto
import CryptoExtras
import FactorImport
import Foundation
import MFADomain

/// Writes key containers, for other programs to read and for our own to refuse.
struct PSKCWriter {
    enum Protection {
        case none
        case preShared([UInt8])
        case password(String, iterations: Int)
    }

    var protection = Protection.none
    var macHash = "http://www.w3.org/2000/09/xmldsig#hmac-sha1"
    var secret: [UInt8] = RFC6030.secret
    var algorithm = "totp"
    /// Elements after the secret, inside Data.
    var data = "<TimeInterval><PlainValue>60</PlainValue></TimeInterval>"
    var responseFormat = #"<ResponseFormat Encoding="DECIMAL" Length="8"/>"#
    var policy = ""

    private static let iv: [UInt8] = Array(100..<116)
    private static let salt: [UInt8] = Array(1...16)
    private static let macKey: [UInt8] = Array(200..<220)

    func xml() throws -> String {
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <KeyContainer Version="1.0" xmlns="urn:ietf:params:xml:ns:keyprov:pskc"
            xmlns:ds="http://www.w3.org/2000/09/xmldsig#" xmlns:xenc="http://www.w3.org/2001/04/xmlenc#"
            xmlns:xenc11="http://www.w3.org/2009/xmlenc11#"
            xmlns:pkcs5="http://www.rsasecurity.com/rsalabs/pkcs/schemas/pkcs-5v2-0#">
          \(try head())
          <KeyPackage>
            <DeviceInfo><Manufacturer>Maker</Manufacturer><SerialNo>4711</SerialNo></DeviceInfo>
            <Key Id="1" Algorithm="urn:ietf:params:xml:ns:keyprov:pskc:\(algorithm)">
              <Issuer>Ex &amp; Co</Issuer>
              <AlgorithmParameters>\(responseFormat)</AlgorithmParameters>
              <Data><Secret>\(try value(secret))</Secret>\(data)</Data>
              <UserId>UID=alice</UserId>
              \(policy)
            </Key>
          </KeyPackage>
        </KeyContainer>

        """
    }

    private func key() throws -> SymmetricKey? {
        switch protection {
        case .none: nil
        case .preShared(let bytes): SymmetricKey(data: bytes)
        case .password(let password, let iterations):
            // A count that would take hours is for readers to refuse; any key will do.
            try KDF.Insecure.PBKDF2.deriveKey(
                from: Array(password.utf8), salt: Self.salt, using: .insecureSHA1, outputByteCount: 16,
                unsafeUncheckedRounds: min(iterations, 1000))
        }
    }

    private func head() throws -> String {
        guard let key = try key() else { return "" }
        let encryptionKey =
            if case .password(_, let iterations) = protection {
                """
                <xenc11:DerivedKey><xenc11:KeyDerivationMethod
                Algorithm="http://www.rsasecurity.com/rsalabs/pkcs/schemas/pkcs-5v2-0#pbkdf2"><pkcs5:PBKDF2-params>
                <Salt><Specified>\(Data(Self.salt).base64EncodedString())</Specified></Salt>
                <IterationCount>\(iterations)</IterationCount><KeyLength>16</KeyLength><PRF/>
                </pkcs5:PBKDF2-params></xenc11:KeyDerivationMethod></xenc11:DerivedKey>
                """
            } else {
                "<ds:KeyName>shared</ds:KeyName>"
            }
        return """
            <EncryptionKey>\(encryptionKey)</EncryptionKey>
            <MACMethod Algorithm="\(macHash)"><MACKey>\(cipherData(try encrypt(Self.macKey, key), key))</MACKey></MACMethod>
            """
    }

    /// What stands inside Secret and its like.
    func value(_ plain: [UInt8]) throws -> String {
        guard let key = try key() else { return "<PlainValue>\(Data(plain).base64EncodedString())</PlainValue>" }
        let encrypted = try encrypt(plain, key)
        let macKey = SymmetricKey(data: Self.macKey)
        let mac =
            macHash.hasSuffix("sha256")
            ? Data(HMAC<SHA256>.authenticationCode(for: encrypted, using: macKey))
            : Data(HMAC<Insecure.SHA1>.authenticationCode(for: encrypted, using: macKey))
        return """
            <EncryptedValue>\(cipherData(encrypted, key))</EncryptedValue><ValueMAC>\(mac.base64EncodedString())</ValueMAC>
            """
    }

    private func encrypt(_ plain: [UInt8], _ key: SymmetricKey) throws -> [UInt8] {
        Self.iv + Array(try AES._CBC.encrypt(plain, using: key, iv: AES._CBC.IV(ivBytes: Self.iv)))
    }

    private func cipherData(_ bytes: [UInt8], _ key: SymmetricKey) -> String {
        """
        <xenc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes\(key.bitCount)-cbc"/>
        <xenc:CipherData><xenc:CipherValue>\(Data(bytes).base64EncodedString())</xenc:CipherValue></xenc:CipherData>
        """
    }
}
