internal import Crypto
internal import CryptoExtras

/// PBKDF2, the one way RFC 6030 has to make a key of a password.
struct PSKCKeyDerivation {
    /// A second's work or so. A file that asks for more wants to keep somebody busy.
    static let maxIterations = 1_000_000
    private static let saltBytes = 8...64

    private let salt: [UInt8]
    private let iterations: Int
    private let keyBytes: Int
    private let hash: KDF.Insecure.PBKDF2.HashFunction

    /// - Parameter derivedKey: An element DerivedKey.
    init(_ derivedKey: PSKCElement) throws(ImportError) {
        let method = try derivedKey.required("KeyDerivationMethod")
        guard let name = method.attributes["Algorithm"], name.hasSuffix("#pbkdf2") else {
            throw .unsupportedEncryption
        }
        let parameters = try method.required("PBKDF2-params")
        salt = try parameters.required("Salt").required("Specified").bytes()
        guard Self.saltBytes.contains(salt.count) else { throw .unsupportedEncryption }
        guard let iterations = Decimal.parse(try parameters.required("IterationCount").text), iterations > 0 else {
            throw .notPSKC
        }
        guard iterations <= UInt64(Self.maxIterations) else { throw .tooManyIterations(limit: Self.maxIterations) }
        self.iterations = Int(iterations)
        guard let keyBytes = Decimal.parse(try parameters.required("KeyLength").text), [16, 24, 32].contains(keyBytes)
        else { throw .unsupportedEncryption }
        self.keyBytes = Int(keyBytes)
        // By PKCS #5's schema the name is an attribute; python-pskc writes it as text.
        let prf = try parameters.child("PRF")
        hash = try Self.hash(prf?.attributes["Algorithm"] ?? prf?.text ?? "")
    }

    /// The default is PKCS #5's; RFC 6030 writes an empty element.
    private static func hash(_ name: String) throws(ImportError) -> KDF.Insecure.PBKDF2.HashFunction {
        if name.isEmpty { return .insecureSHA1 }
        switch PSKCMAC.hash(name) {
        case .sha1: return .insecureSHA1
        case .sha256: return .sha256
        case .sha384: return .sha384
        case .sha512: return .sha512
        case nil: throw .unsupportedEncryption
        }
    }

    func key(password: String) throws(ImportError) -> SymmetricKey {
        // The file's own count is used unchecked: it was chosen when the file was written.
        guard
            let key = try? KDF.Insecure.PBKDF2.deriveKey(
                from: Array(password.utf8), salt: salt, using: hash, outputByteCount: keyBytes,
                unsafeUncheckedRounds: iterations)
        else { throw .undecryptable }
        return key
    }
}
