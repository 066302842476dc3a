public import MFADomain
public import MFAStore
import Synchronization

/// The real store with faults put in front or behind: an error before anything happens, or one after all is durable,
/// as when the connection to a caller or a database is lost at the worst moment.
public final class FaultyStore: Store {
    public enum Fault: Sendable {
        case before(StoreError)
        case after(StoreError)
    }

    private let store: any Store
    private let faults = Mutex<[Fault]>([])

    public init(_ store: any Store) {
        self.store = store
    }

    /// The next updates meet these faults, one each.
    public func inject(_ faults: Fault...) {
        self.faults.withLock { $0 += faults }
    }

    public func commit(
        _ key: SubjectKey,
        _ decide: @escaping @Sendable (SubjectRecord, ClaimAnswers?) throws -> DecisionEffect?
    ) async throws {
        let fault = faults.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        if case .before(let error) = fault { throw error }
        try await store.commit(key, decide)
        if case .after(let error) = fault { throw error }
    }

    public func read(_ key: SubjectKey) async throws(StoreError) -> SubjectState? {
        try await store.read(key)
    }

    public func listSubjects(tenant: String, after: String, limit: Int) async throws(StoreError) -> [SubjectSummary] {
        try await store.listSubjects(tenant: tenant, after: after, limit: limit)
    }

    public func scanSubjects(tenant: String, after: String, limit: Int) async throws(StoreError) -> [ScannedSubject] {
        try await store.scanSubjects(tenant: tenant, after: after, limit: limit)
    }

    public func listEvents(
        tenant: String, after: EventCursor, limit: Int, pseudonym: Pseudonym?
    ) async throws(StoreError) -> EventPage {
        try await store.listEvents(tenant: tenant, after: after, limit: limit, pseudonym: pseudonym)
    }

    public func leaseMessages(
        _ channel: MessageChannel, limit: Int, now: Timestamp, leaseSeconds: Int64
    ) async throws(StoreError) -> LeasedMessages {
        try await store.leaseMessages(channel, limit: limit, now: now, leaseSeconds: leaseSeconds)
    }

    public func outboxStatus() async throws(StoreError) -> OutboxStatus {
        try await store.outboxStatus()
    }

    public func isReady() async -> Bool {
        await store.isReady()
    }

    public func close() async {
        await store.close()
    }
}
