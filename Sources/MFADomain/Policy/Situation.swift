/// Something a subject may be about to do somewhere, apart from any subject.
public struct Situation: Sendable, Hashable {
    public var action: String
    /// Nil where nobody says anything of it.
    public var sensitivity: EvaluationFacts.Sensitivity?
    public var device: EvaluationFacts.Device
    public var isLocationNew: Bool
    public var riskScore: Int?

    public init(
        action: String, sensitivity: EvaluationFacts.Sensitivity?, device: EvaluationFacts.Device, isLocationNew: Bool,
        riskScore: Int?
    ) {
        self.action = action
        self.sensitivity = sensitivity
        self.device = device
        self.isLocationNew = isLocationNew
        self.riskScore = riskScore
    }

    init(_ record: EvaluationRecord) {
        self.init(
            action: record.action, sensitivity: record.sensitivity, device: record.device,
            isLocationNew: record.isLocationNew, riskScore: record.riskScore)
    }
}
