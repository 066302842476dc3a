public import MFADomain

/// Shared counters without a store.
public struct SimulatedBudgets: Sendable {
    private struct Name: Hashable {
        let counter: BudgetCounter
        let windowSeconds: Int64
    }

    private var amounts: [Name: [Int64: Int64]] = [:]

    public init() {}

    public func answers(to claims: [BudgetClaim], of pseudonym: Pseudonym, at now: Timestamp) -> ClaimAnswers {
        var answers: [BudgetClaim: ClaimAnswer] = [:]
        for claim in claims {
            var share: Int64 = 0
            if case .share(let other, _, _) = claim.rule {
                share = counts(other, claim, at: now).reduce(0) { $0 + $1.amount }
            }
            answers[claim] = claim.answer(counts: counts(claim.counter, claim, at: now), share: share, at: now)
        }
        return ClaimAnswers(answers, to: pseudonym)
    }

    private func counts(
        _ counter: BudgetCounter, _ claim: BudgetClaim, at now: Timestamp
    ) -> [(part: Int64, amount: Int64)] {
        (amounts[Name(counter: counter, windowSeconds: claim.windowSeconds)] ?? [:])
            .filter { $0.key >= claim.oldestPart(at: now) }.map { (part: $0.key, amount: $0.value) }
    }

    public mutating func count(_ claims: [BudgetClaim], at now: Timestamp) {
        for claim in claims {
            let name = Name(counter: claim.counter, windowSeconds: claim.windowSeconds)
            amounts[name, default: [:]][claim.part(at: now), default: 0] += claim.amount
        }
    }

    /// What was ever counted on an axis, all windows of the shortest kind.
    public func total(_ axis: BudgetCounter.Axis, windowSeconds: Int64) -> Int64 {
        amounts.filter { $0.key.counter.axis == axis && $0.key.windowSeconds == windowSeconds }
            .reduce(0) { $0 + $1.value.values.reduce(0, +) }
    }
}
