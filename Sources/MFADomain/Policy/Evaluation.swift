/// What the policy says, and why.
public struct Evaluation: Sendable, Hashable {
    public let requirement: Requirement
    /// In the order in which they were found.
    public internal(set) var reasons: [EvaluationReason]
    /// Kinds to ask with, the preferred one first.
    public let offers: [FactorKind]
    /// Kinds that the policy prefers to all that the subject has.
    public let recommended: [FactorKind]
    /// What a verification must be worth to meet it.
    public let level: Assurance.Level
    public let needsPhishingResistance: Bool
    /// How old a verification may be.
    public let maximumAgeSeconds: Int64
    /// The end of grace; nil for those who have none.
    public let graceEndsAt: Timestamp?
    public let policyVersion: String

    public init(
        requirement: Requirement, reasons: [EvaluationReason], offers: [FactorKind], recommended: [FactorKind],
        level: Assurance.Level, needsPhishingResistance: Bool, maximumAgeSeconds: Int64, graceEndsAt: Timestamp?,
        policyVersion: String
    ) {
        self.requirement = requirement
        self.reasons = reasons
        self.offers = offers
        self.recommended = recommended
        self.level = level
        self.needsPhishingResistance = needsPhishingResistance
        self.maximumAgeSeconds = maximumAgeSeconds
        self.graceEndsAt = graceEndsAt
        self.policyVersion = policyVersion
    }
}
