/// An accepted verification. For a few minutes it proves its factor to other calls; for as long as the policy allows it
/// answers the question whether somebody must be asked again.
public struct RecentVerification: Sendable, Hashable {
    public let id: VerificationID
    public let factorID: FactorID
    public let at: Timestamp
    /// With the primary authentication that came with it; nil for nothing that counts.
    public let level: Assurance.Level?
    /// Of the action it was made for; empty for none.
    public let actionDigest: [UInt8]
    /// True once its receipt was redeemed.
    public internal(set) var isRedeemed: Bool

    public init(
        id: VerificationID, factorID: FactorID, at: Timestamp, level: Assurance.Level?, actionDigest: [UInt8] = [],
        isRedeemed: Bool = false
    ) {
        self.id = id
        self.factorID = factorID
        self.at = at
        self.level = level
        self.actionDigest = actionDigest
        self.isRedeemed = isRedeemed
    }
}
