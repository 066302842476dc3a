public import MFADomain

/// An outcome that is durable, and what others in this process may be waiting for.
public struct Committed<Outcome: Sendable>: Sendable {
    public let outcome: Outcome
    /// True when messages now wait to be sent.
    public let hasMessages: Bool
    public let endedChallenges: [ChallengeID]
    /// True when money spent on messages passed the mark that is worth a word.
    public let moneyAlarm: Bool

    init(_ decision: Decision<Outcome>) {
        outcome = decision.outcome
        endedChallenges = decision.effect?.endedChallenges ?? []
        moneyAlarm = decision.effect?.event.moneyAlarm ?? false
        hasMessages =
            decision.effect?.outbox.contains { if case .add = $0 { true } else { false } } ?? false
    }
}
