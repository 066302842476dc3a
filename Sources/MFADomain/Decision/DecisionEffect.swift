/// What a decision writes. The store makes all of it durable in one transaction before the outcome is returned. A
/// decision with an event always raises the subject's version.
public struct DecisionEffect: Sendable, Equatable {
    public enum Change: Sendable, Equatable {
        case put(SubjectState)
        /// Nothing of the subject is kept but its version and when its grace began; messages on their way out go too.
        case erase(graceStartedAt: Timestamp?)
    }

    public let change: Change
    public let pseudonym: Pseudonym
    public let event: AuditEvent
    public let outbox: [OutboxChange]
    /// What the decision needs of counters that belong to no single subject. Where there are any, the store answers
    /// them and decides once more with the answers.
    public let claims: [BudgetClaim]
    /// Challenges that this decision brought to their end.
    public let endedChallenges: [ChallengeID]

    public init(
        change: Change, pseudonym: Pseudonym, event: AuditEvent, outbox: [OutboxChange] = [],
        claims: [BudgetClaim] = [], endedChallenges: [ChallengeID] = []
    ) {
        self.change = change
        self.pseudonym = pseudonym
        self.event = event
        self.outbox = outbox
        self.claims = claims
        self.endedChallenges = endedChallenges
    }
}
