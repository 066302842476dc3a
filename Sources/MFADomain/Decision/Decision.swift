/// What `decide` found: how the subject changes, what the caller is told, and the audit line of it.
public struct Decision<Outcome: Sendable>: Sendable {
    /// Nil for an answer that writes nothing.
    public let effect: DecisionEffect?
    public let outcome: Outcome

    public init(effect: DecisionEffect?, outcome: Outcome) {
        self.effect = effect
        self.outcome = outcome
    }
}
