/// A code from an operator that signs in for a while.
public struct TemporaryAccessCode: Sendable, Hashable {
    /// Keyed hash; the code itself is kept nowhere.
    public let digest: [UInt8]
    public let expiresAt: Timestamp
    public internal(set) var usesLeft: Int
    /// What brings it to the person; nil where the caller does.
    public let messageID: MessageID?

    public init(digest: [UInt8], expiresAt: Timestamp, usesLeft: Int, messageID: MessageID?) {
        self.digest = digest
        self.expiresAt = expiresAt
        self.usesLeft = usesLeft
        self.messageID = messageID
    }

    static let purpose = "temporary access code"
    public static let lifetimeSeconds: ClosedRange<Int64> = 60...7 * 86_400
    public static let uses = 1...100

    /// A use, where there is one left.
    mutating func spend(
        _ code: String, of factorID: FactorID, _ pseudonym: Pseudonym, _ lookupSecrets: LookupSecretHash
    ) -> Verdict {
        guard lookupSecrets.isDigest(digest, of: Self.purpose, typed: code, factorID, of: pseudonym) else {
            return .wrongCode
        }
        guard usesLeft > 0 else { return .replayed }
        usesLeft -= 1
        return .accepted
    }
}
