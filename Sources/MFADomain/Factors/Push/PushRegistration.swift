/// A device's half of the pairing.
public struct PushRegistration: Sendable, Hashable {
    public static let publicKeyByteCount = 65
    public static let signatureByteCount = 64

    public let publicKey: [UInt8]
    public let channel: String
    public let token: String
    public let model: String
    public let signature: [UInt8]

    public init(publicKey: [UInt8], channel: String, token: String, model: String, signature: [UInt8]) {
        self.publicKey = publicKey
        self.channel = channel
        self.token = token
        self.model = model
        self.signature = signature
    }
}
