/// What a decision writes. The store makes change and event durable in one transaction before the outcome is returned.
/// They come together: a decision with an event always raises the subject's version.
public struct DecisionEffect: Sendable, Equatable {
    public enum Change: Sendable, Equatable {
        case put(SubjectState)
        /// Nothing of the subject is kept but its version.
        case erase
    }

    public let change: Change
    public let pseudonym: Pseudonym
    public let event: AuditEvent

    public init(change: Change, pseudonym: Pseudonym, event: AuditEvent) {
        self.change = change
        self.pseudonym = pseudonym
        self.event = event
    }
}
