public import MFADomain
internal import Synchronization

/// Where subjects live. One atomic commit per decision.
///
/// Obligations of every implementation, each held by a case of the store contract in the tests:
/// * `commit` is linearizable per subject: it commits only if the subject is as the decision saw it, else the
///   decision runs again on the fresh state. The closure may therefore run more than once.
/// * Change and audit event become durable in one transaction before `commit` returns. What was returned survives a
///   crash; what failed left nothing.
/// * A closure that throws writes nothing, and its error is thrown on. It never touches the others of its batch.
/// * Every answer rests on a read that began after the call.
/// * Claims of a decision are answered inside the transaction that writes it, and made all or not at all. The closure
///   runs with nil answers first, and once more with the answers if it has claims.
/// * A message is leased to one caller at a time, until its lease ends or a decision removes or postpones it.
public protocol Store: Sendable {
    /// The subject as it is now; nil when it is unknown or erased.
    func read(_ key: SubjectKey) async throws(StoreError) -> SubjectState?

    /// Decides and makes what was decided durable. A decision without effect writes nothing.
    ///
    /// - Throws: what the closure throws, or a `StoreError`.
    func commit(
        _ key: SubjectKey,
        _ decide: @escaping @Sendable (SubjectRecord, ClaimAnswers?) throws -> DecisionEffect?
    ) async throws

    /// Takes messages that are due, oldest first, at most `limit`: until the lease ends nobody else gets them.
    func leaseMessages(
        _ channel: MessageChannel, limit: Int, now: Timestamp, leaseSeconds: Int64
    ) async throws(StoreError) -> LeasedMessages

    /// How much waits to be sent.
    func outboxStatus() async throws(StoreError) -> OutboxStatus

    /// Subjects of a tenant in order of id, after one, at most `limit`. Erased ones are left out.
    func listSubjects(tenant: String, after: String, limit: Int) async throws(StoreError) -> [SubjectSummary]

    /// Events of a tenant after a cursor, oldest first, at most `limit`. With a pseudonym only its events; then
    /// a bounded number is looked at, and the page may be short before the end.
    func listEvents(
        tenant: String, after: EventCursor, limit: Int, pseudonym: Pseudonym?
    ) async throws(StoreError) -> EventPage

    /// How many subjects a tenant has, about: they come and go meanwhile. Erased ones are left out.
    func countSubjects(tenant: String) async throws(StoreError) -> Int

    /// States of a tenant's subjects in order of id, after one; at most `limit` are looked at. Erased ones are left out,
    /// and one that cannot be read does not stop the others.
    func scanSubjects(tenant: String, after: String, limit: Int) async throws(StoreError) -> SubjectPage

    /// Events of a tenant before a cursor, or the newest ones, newest first; at most `limit` are looked at, and one that
    /// cannot be read does not stop the others. At the end the next cursor is the one before.
    func listNewestEvents(
        tenant: String, before: EventCursor?, limit: Int
    ) async throws(StoreError) -> EventPage

    /// False while nothing can be made durable: the last commit failed and a trial one fails too.
    func isReady() async -> Bool

    /// Finishes what was accepted and lets go of the files. Later calls fail.
    func close() async
}

extension Store {
    /// Decides, makes the decision durable and returns its outcome.
    ///
    /// - Throws: what the closure throws, or a `StoreError`.
    public func update<Outcome: Sendable>(
        _ key: SubjectKey,
        _ decide: @escaping @Sendable (SubjectRecord, ClaimAnswers?) throws -> Decision<Outcome>
    ) async throws -> Committed<Outcome> {
        let last = LastDecision<Outcome>()
        try await commit(key) { record, claims in
            let decision = try decide(record, claims)
            last.committed.withLock { $0 = Committed(decision) }
            return decision.effect
        }
        // A store that committed has decided.
        guard let committed = last.committed.withLock({ $0 }) else { throw StoreError.closed }
        return committed
    }
}

/// What came of a closure that may run more than once: its last run counts.
private final class LastDecision<Outcome: Sendable>: Sendable {
    let committed = Mutex<Committed<Outcome>?>(nil)
}
