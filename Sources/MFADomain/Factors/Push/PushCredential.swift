internal import Crypto

/// A device that answers challenges under a key of its own. The server knows only the public half.
public struct PushCredential: Sendable, Hashable {
    /// Of the pairing data; the device proves that it has read them. Empty once paired.
    public internal(set) var pairingSecret: [UInt8]
    /// Uncompressed point on P-256 (SEC 1, section 2.3.3), 65 bytes. Empty while pending.
    public internal(set) var publicKey: [UInt8]
    public internal(set) var model: String
    /// How the device is woken; empty when it only asks.
    public internal(set) var channel: String
    /// The channel's name for the device.
    public internal(set) var token: String
    /// Challenges in a row that were ignored, withdrawn or denied.
    public internal(set) var refusals: Int
    public internal(set) var isFraudReported: Bool
    /// The channel said that the token is dead.
    public internal(set) var isUnreachable: Bool

    public init(
        pairingSecret: [UInt8], publicKey: [UInt8] = [], model: String = "", channel: String = "", token: String = "",
        refusals: Int = 0, isFraudReported: Bool = false, isUnreachable: Bool = false
    ) {
        self.pairingSecret = pairingSecret
        self.publicKey = publicKey
        self.model = model
        self.channel = channel
        self.token = token
        self.refusals = refusals
        self.isFraudReported = isFraudReported
        self.isUnreachable = isUnreachable
    }

    static let pairingSecretByteCount = 16

    /// True when no new challenge may start (CONTROLS row 31).
    public var isPaused: Bool { refusals >= DomainSettings.maxPushRefusals || isFraudReported }

    /// True when a message can wake the device.
    var isReachable: Bool { !channel.isEmpty && !token.isEmpty && !isUnreachable }

    /// Whether the device signed this statement.
    func verifies(_ signature: [UInt8], of statement: PushStatement) -> Bool {
        Self.verify(signature, of: statement, under: publicKey)
    }

    /// ECDSA on P-256 with SHA-256; r and s as 32 bytes each (FIPS 186-5). A key or signature of any other form verifies
    /// nothing.
    static func verify(_ signature: [UInt8], of statement: PushStatement, under publicKey: [UInt8]) -> Bool {
        guard let key = try? P256.Signing.PublicKey(x963Representation: publicKey), signature.count == 64,
            let signature = try? P256.Signing.ECDSASignature(rawRepresentation: signature)
        else { return false }
        return key.isValidSignature(signature, for: statement.bytes)
    }
}
