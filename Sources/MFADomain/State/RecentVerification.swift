/// An accepted verification, kept for the few minutes in which it proves its factor to other calls.
public struct RecentVerification: Sendable, Hashable {
    public let id: VerificationID
    public let factorID: FactorID
    public let at: Timestamp

    public init(id: VerificationID, factorID: FactorID, at: Timestamp) {
        self.id = id
        self.factorID = factorID
        self.at = at
    }
}
