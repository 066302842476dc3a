/// What `decide` found: how the subject changes, what the caller is told, and the audit line of it. The store makes
/// change and event durable in one transaction before the outcome is returned.
public struct Decision<Outcome: Sendable>: Sendable {
    public enum Change: Sendable, Equatable {
        case put(SubjectState)
        /// Nothing of the subject is kept but its version.
        case erase
    }

    /// A change and its event come together: a decision with an event always raises the subject's version.
    public struct Effect: Sendable, Equatable {
        public let change: Change
        public let pseudonym: Pseudonym
        public let event: AuditEvent

        public init(change: Change, pseudonym: Pseudonym, event: AuditEvent) {
            self.change = change
            self.pseudonym = pseudonym
            self.event = event
        }
    }

    /// Nil for an answer that writes nothing.
    public let effect: Effect?
    public let outcome: Outcome

    public init(effect: Effect?, outcome: Outcome) {
        self.effect = effect
        self.outcome = outcome
    }
}
