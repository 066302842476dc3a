/// What a decision does to the messages on their way out.
public enum OutboxChange: Sendable, Hashable {
    case add(OutboxMessage)
    /// It was sent, given up, or carries what is no longer true.
    case remove(MessageID)
    /// It is tried again, not before this moment.
    case postpone(MessageID, until: Timestamp)
}
