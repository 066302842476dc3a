/// What the store says to a claim.
public struct ClaimAnswer: Sendable, Hashable {
    public let isGranted: Bool
    /// What is left of the limit afterwards; 0 where the rule has none.
    public let left: Int64
    /// How much of the limit is used afterwards, in percent, and before. 0 where the rule has none.
    public let percentBefore: Int64
    public let percentAfter: Int64
    /// When it would be granted, or granted once more, if nothing else is counted until then. 0 for at once, and where
    /// waiting does not help.
    public let retryAfterMilliseconds: Int64

    public init(
        isGranted: Bool, left: Int64 = 0, percentBefore: Int64 = 0, percentAfter: Int64 = 0,
        retryAfterMilliseconds: Int64 = 0
    ) {
        self.isGranted = isGranted
        self.left = left
        self.percentBefore = percentBefore
        self.percentAfter = percentAfter
        self.retryAfterMilliseconds = retryAfterMilliseconds
    }

    /// True of the one claim that takes what is spent past the mark that is worth a word.
    var passesMoneyMark: Bool {
        percentBefore < SendingSettings.moneyAlarmPercent && percentAfter >= SendingSettings.moneyAlarmPercent
    }
}

/// The store's answers to the claims of a decision. Nil answers mean that nobody has asked yet: the decision then goes
/// on as if all were granted, and is made again once they are known.
public struct ClaimAnswers: Sendable, Hashable {
    private let answers: [BudgetClaim: ClaimAnswer]

    public init(_ answers: [BudgetClaim: ClaimAnswer]) {
        self.answers = answers
    }

    /// A claim that was not asked for is not granted.
    public subscript(_ claim: BudgetClaim) -> ClaimAnswer {
        answers[claim] ?? ClaimAnswer(isGranted: false)
    }

    /// Whether these are all granted.
    public func grant(_ claims: [BudgetClaim]) -> Bool { claims.allSatisfy { self[$0].isGranted } }
}

extension BudgetClaim {
    /// Answers a claim from what its counter holds.
    ///
    /// - Parameters:
    ///   - counts: amounts by part of time, those that no longer count left out.
    ///   - share: what the other counter of a `share` rule holds in all.
    public func answer(counts: [(part: Int64, amount: Int64)], share: Int64, at now: Timestamp) -> ClaimAnswer {
        let used = counts.reduce(Int64(0)) { Self.sum($0, $1.amount) }
        switch rule {
        case .counted:
            return ClaimAnswer(isGranted: true)
        case .share(_, let percent, let minimum):
            if used < minimum || Double(share) * 100 >= Double(used) * Double(percent) {
                return ClaimAnswer(isGranted: true)
            }
            return ClaimAnswer(
                isGranted: false, retryAfterMilliseconds: wait(until: max(0, minimum - 1), counts, at: now))
        case .atMost(let limit):
            let after = Self.sum(used, amount)
            guard after <= limit else {
                let wait = wait(forRoomIn: limit, counts, at: now)
                return ClaimAnswer(
                    isGranted: false, left: max(0, limit - used), percentBefore: Self.percent(used, of: limit),
                    percentAfter: Self.percent(used, of: limit), retryAfterMilliseconds: wait)
            }
            let wait = wait(forRoomIn: limit, counts + [(part: part(at: now), amount: amount)], at: now)
            return ClaimAnswer(
                isGranted: true, left: limit - after, percentBefore: Self.percent(used, of: limit),
                percentAfter: Self.percent(after, of: limit), retryAfterMilliseconds: wait)
        }
    }

    /// How long until the amount fits into a limit. 0 at once, and for what alone is more than the limit.
    private func wait(
        forRoomIn limit: Int64, _ counts: [(part: Int64, amount: Int64)], at now: Timestamp
    ) -> Int64 {
        let used = counts.reduce(Int64(0)) { Self.sum($0, $1.amount) }
        if amount > limit || Self.sum(used, amount) <= limit { return 0 }
        return wait(until: limit - amount, counts, at: now)
    }

    /// How long until so much of what is counted has left the window that no more than `rest` remains.
    private func wait(until rest: Int64, _ counts: [(part: Int64, amount: Int64)], at now: Timestamp) -> Int64 {
        var used = counts.reduce(Int64(0)) { Self.sum($0, $1.amount) }
        for (part, amount) in counts.sorted(by: { $0.part < $1.part }) {
            used -= amount
            if used <= rest {
                let end = (part + Self.partsPerWindow + 1).multipliedReportingOverflow(by: partMilliseconds)
                    .partialValue
                return max(1, end - now.milliseconds)
            }
        }
        return windowSeconds * 1000
    }

    private static func sum(_ left: Int64, _ right: Int64) -> Int64 {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? .max : sum
    }

    private static func percent(_ part: Int64, of whole: Int64) -> Int64 {
        whole <= 0 ? 100 : Int64(min(100, Double(part) / Double(whole) * 100))
    }
}
