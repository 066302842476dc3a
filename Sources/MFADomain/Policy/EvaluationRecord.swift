/// What the audit keeps of an evaluation: enough to ask another policy the same question.
public struct EvaluationRecord: Sendable, Hashable {
    public let requirement: Requirement
    public let reasons: [EvaluationReason]
    public let policyVersion: String
    public let action: String
    public let sensitivity: EvaluationFacts.Sensitivity?
    public let device: EvaluationFacts.Device
    public let isLocationNew: Bool
    public let riskScore: Int?

    public init(
        requirement: Requirement, reasons: [EvaluationReason], policyVersion: String, action: String,
        sensitivity: EvaluationFacts.Sensitivity?, device: EvaluationFacts.Device, isLocationNew: Bool, riskScore: Int?
    ) {
        self.requirement = requirement
        self.reasons = reasons
        self.policyVersion = policyVersion
        self.action = action
        self.sensitivity = sensitivity
        self.device = device
        self.isLocationNew = isLocationNew
        self.riskScore = riskScore
    }
}
