internal import Foundation
internal import GRDB
internal import MFADomain
internal import MFAStore

/// The statements of counters that belong to no single subject. Run inside the transaction of the decision that claims.
struct BudgetStatements {
    let database: Database
    let keyRing: KeyRing
    /// The subject that is decided on.
    let key: SubjectKey

    /// What has ended is swept away this many rows at a time, by those who count.
    private static let maxSweptRows = 20

    func answers(to claims: [BudgetClaim], at now: Timestamp) throws -> ClaimAnswers {
        var answers: [BudgetClaim: ClaimAnswer] = [:]
        for claim in claims where answers[claim] == nil {
            var share: Int64 = 0
            if case .share(let other, _, _) = claim.rule {
                share = try counts(other, like: claim, at: now).reduce(0) { $0 &+ $1.amount }
            }
            let counts = try counts(claim.counter, like: claim, at: now)
            answers[claim] = claim.answer(counts: counts, share: share, at: now)
        }
        return ClaimAnswers(answers)
    }

    private func counts(
        _ counter: BudgetCounter, like claim: BudgetClaim, at now: Timestamp
    ) throws -> [(part: Int64, amount: Int64)] {
        let statement = try database.cachedStatement(
            sql: "SELECT part, amount FROM budget WHERE counter = ? AND part >= ?")
        return try Row.fetchAll(
            statement,
            arguments: [
                Data(keyRing.digest(of: counter, windowSeconds: claim.windowSeconds, key)), claim.oldestPart(at: now),
            ]
        ).map { row in (part: row[0], amount: row[1]) }
    }

    func count(_ claims: [BudgetClaim], at now: Timestamp) throws {
        let add = try database.cachedStatement(
            sql: """
                INSERT INTO budget (counter, part, amount, ends_at) VALUES (?1, ?2, ?3, ?4)
                ON CONFLICT (counter, part) DO UPDATE SET amount = min(amount + ?3, 1 << 62)
                """)
        for claim in claims {
            let part = claim.part(at: now)
            let endsAt = (part + BudgetClaim.partsPerWindow + 2).multipliedReportingOverflow(by: claim.partMilliseconds)
            try add.execute(
                arguments: [
                    Data(keyRing.digest(of: claim.counter, windowSeconds: claim.windowSeconds, key)), part,
                    claim.amount,
                    endsAt.partialValue,
                ])
        }
        let sweep = try database.cachedStatement(
            sql: """
                DELETE FROM budget WHERE (counter, part) IN
                (SELECT counter, part FROM budget WHERE ends_at < ? ORDER BY ends_at LIMIT ?)
                """)
        try sweep.execute(arguments: [now.milliseconds, Self.maxSweptRows])
    }
}
