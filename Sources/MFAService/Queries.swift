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
        guard let state = try await asking({ try await store.read(key) }) else {
            throw .refused(.subjectNotFound)
        }
        return state
    }

    /// Subjects of a tenant in order of id, after one.
    public func subjects(
        tenant: String, after: String, limit: Int
    ) async throws(ServiceError) -> [SubjectSummary] {
        try await asking { try await store.listSubjects(tenant: tenant, after: after, limit: limit) }
    }

    /// Events of a tenant after a cursor, of one subject where one is named.
    public func events(
        tenant: String, after: EventCursor, limit: Int, subject: String?
    ) async throws(ServiceError) -> EventPage {
        var pseudonym: Pseudonym?
        if let subject {
            pseudonym = try await self.subject(SubjectKey(tenant: tenant, subject: subject)).pseudonym
        }
        return try await asking {
            try await store.listEvents(tenant: tenant, after: after, limit: limit, pseudonym: pseudonym)
        }
    }
}
