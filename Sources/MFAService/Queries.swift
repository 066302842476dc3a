public import MFADomain
public import MFAStore

/// Where a reader of the audit stands; named here too, so that callers of the service need not know the store.
public typealias EventCursor = MFAStore.EventCursor

// What is only looked up.
extension MFAService {
    /// False while nothing can be made durable.
    public func isReady() async -> Bool {
        await store.isReady()
    }

    /// A subject as it is now. Refused with `subjectNotFound` when it is unknown or erased.
    public func subject(_ key: SubjectKey) async throws(ServiceError) -> SubjectState {
        let state: SubjectState?
        do {
            state = try await store.read(key)
        } catch {
            throw failure(error)
        }
        guard let state else { throw .refused(.subjectNotFound) }
        return state
    }

    /// Subjects of a tenant in order of id, after one.
    public func subjects(
        tenant: String, after: String, limit: Int
    ) async throws(ServiceError) -> [SubjectSummary] {
        do {
            return try await store.listSubjects(tenant: tenant, after: after, limit: limit)
        } catch {
            throw failure(error)
        }
    }

    /// Events of a tenant after a cursor, of one subject where one is named.
    public func events(
        tenant: String, after: EventCursor, limit: Int, subject: String?
    ) async throws(ServiceError) -> EventPage {
        var pseudonym: Pseudonym?
        if let subject {
            pseudonym = try await self.subject(SubjectKey(tenant: tenant, subject: subject)).pseudonym
        }
        do {
            return try await store.listEvents(tenant: tenant, after: after, limit: limit, pseudonym: pseudonym)
        } catch {
            throw failure(error)
        }
    }
}
