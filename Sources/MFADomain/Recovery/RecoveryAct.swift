/// What the audit keeps of a recovery's step, or of what an operator did for a person.
public struct RecoveryAct: Sendable, Hashable {
    /// Nil for a temporary access code.
    public var recoveryID: RecoveryID?
    /// Where the recovery stands after it.
    public var state: Recovery.State?
    public var cancellation: Recovery.Cancellation?
    /// Empty where the step was no operator's.
    public var operatorName: String
    public var reason: String
    public var evidence: String

    public init(
        recoveryID: RecoveryID?, state: Recovery.State?, cancellation: Recovery.Cancellation? = nil,
        operatorName: String = "", reason: String = "", evidence: String = ""
    ) {
        self.recoveryID = recoveryID
        self.state = state
        self.cancellation = cancellation
        self.operatorName = operatorName
        self.reason = reason
        self.evidence = evidence
    }

    init(_ recovery: Recovery, by operatorName: String = "", reason: String = "", evidence: String = "") {
        self.init(
            recoveryID: recovery.id, state: recovery.storedState, cancellation: recovery.cancellation,
            operatorName: operatorName, reason: reason, evidence: evidence)
    }
}
