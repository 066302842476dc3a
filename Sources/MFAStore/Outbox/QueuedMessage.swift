public import MFADomain

/// A message that was leased to whoever sends it.
public struct QueuedMessage: Sendable, Hashable {
    public let key: SubjectKey
    public let message: OutboxMessage
    /// 1 for the first; counted when leased, so that a crash counts too.
    public let attempt: Int

    public init(key: SubjectKey, message: OutboxMessage, attempt: Int) {
        self.key = key
        self.message = message
        self.attempt = attempt
    }
}
