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
public protocol Store: Sendable {
    /// The subject as it is now; nil when it is unknown or erased.
    func read(_ key: SubjectKey) async throws(StoreError) -> SubjectState?

    /// Decides and makes what was decided durable. A decision without effect writes nothing.
    ///
    /// - Throws: what the closure throws, or a `StoreError`.
    func commit(
        _ key: SubjectKey, _ decide: @escaping @Sendable (SubjectState?) throws -> DecisionEffect?
    ) async throws

    /// Subjects of a tenant in order of id, after one, at most `limit`. Erased ones are left out.
    func listSubjects(tenant: String, after: String, limit: Int) async throws(StoreError) -> [SubjectSummary]

    /// Events of a tenant after a cursor, oldest first, at most `limit`. With a pseudonym only its events; then
    /// a bounded number is looked at, and the page may be short before the end.
    func listEvents(
        tenant: String, after: EventCursor, limit: Int, pseudonym: Pseudonym?
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
        _ key: SubjectKey, _ decide: @escaping @Sendable (SubjectState?) throws -> Decision<Outcome>
    ) async throws -> Outcome {
        let outcome = LastOutcome<Outcome>()
        try await commit(key) { state in
            let decision = try decide(state)
            outcome.value.withLock { $0 = decision.outcome }
            return decision.effect
        }
        // A store that committed has decided.
        guard let outcome = outcome.value.withLock({ $0 }) else { throw StoreError.closed }
        return outcome
    }
}

/// The outcome of a closure that may run more than once: that of its last run counts.
private final class LastOutcome<Outcome: Sendable>: Sendable {
    let value = Mutex<Outcome?>(nil)
}
