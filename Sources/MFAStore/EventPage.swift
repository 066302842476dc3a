public import MFADomain

/// A place in a tenant's audit.
public struct EventCursor: Sendable, Hashable {
    public let sequence: Int64

    public static let beginning = EventCursor(sequence: 0)

    public init(sequence: Int64) {
        self.sequence = sequence
    }
}

/// An event as it was recorded.
public struct RecordedEvent: Sendable, Hashable {
    public let pseudonym: Pseudonym
    /// The subject's version after the decision; rises by one with each event of a subject.
    public let version: Int64
    public let event: AuditEvent

    public init(pseudonym: Pseudonym, version: Int64, event: AuditEvent) {
        self.pseudonym = pseudonym
        self.version = version
        self.event = event
    }
}

/// Some events and where to go on.
public struct EventPage: Sendable, Hashable {
    public let events: [RecordedEvent]
    public let next: EventCursor

    public init(events: [RecordedEvent], next: EventCursor) {
        self.events = events
        self.next = next
    }
}
