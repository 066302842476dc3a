public import MFADomain

/// Shared counters without a store.
public struct SimulatedBudgets: Sendable {
    private struct Name: Hashable {
        let counter: BudgetCounter
        let windowSeconds: Int64
    }

    private var amounts: [Name: [Int64: Int64]] = [:]
    /// Whose decisions claim, for the counters that are a subject's own.
    public var subject = ""

    public init() {}

    public func answers(to claims: [BudgetClaim], at now: Timestamp) -> ClaimAnswers {
        var answers: [BudgetClaim: ClaimAnswer] = [:]
        for claim in claims {
            var share: Int64 = 0
            if case .share(let other, _, _) = claim.rule {
                share = counts(other, claim, at: now).reduce(0) { $0 + $1.amount }
            }
            answers[claim] = claim.answer(counts: counts(claim.counter, claim, at: now), share: share, at: now)
        }
        return ClaimAnswers(answers)
    }

    private func name(_ counter: BudgetCounter, _ claim: BudgetClaim) -> Name {
        Name(
            counter: counter.axis == .subject ? BudgetCounter(.subject, subject) : counter,
            windowSeconds: claim.windowSeconds)
    }

    private func counts(
        _ counter: BudgetCounter, _ claim: BudgetClaim, at now: Timestamp
    ) -> [(part: Int64, amount: Int64)] {
        (amounts[name(counter, claim)] ?? [:])
            .filter { $0.key >= claim.oldestPart(at: now) }.map { (part: $0.key, amount: $0.value) }
    }

    public mutating func count(_ claims: [BudgetClaim], at now: Timestamp) {
        for claim in claims {
            let name = name(claim.counter, claim)
            amounts[name, default: [:]][claim.part(at: now), default: 0] += claim.amount
        }
    }

    /// What was ever counted on an axis, all windows of the shortest kind.
    public func total(_ axis: BudgetCounter.Axis, windowSeconds: Int64) -> Int64 {
        amounts.filter { $0.key.counter.axis == axis && $0.key.windowSeconds == windowSeconds }
            .reduce(0) { $0 + $1.value.values.reduce(0, +) }
    }
}
