public import MFADomain

/// A place in a tenant's audit.
public struct EventCursor: Sendable, Hashable {
    public let sequence: Int64

    public static let beginning = EventCursor(sequence: 0)

    public init(sequence: Int64) {
        self.sequence = sequence
    }

    /// Reads the text form. Empty is the beginning; nil for what no answer gave.
    public init?(text: String) {
        if text.isEmpty {
            sequence = 0
        } else if text.utf8.count <= 19, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int64(text)
        {
            sequence = number
        } else {
            return nil
        }
    }

    /// For callers, to whom it is opaque.
    public var text: String {
        sequence == 0 ? "" : String(sequence)
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
