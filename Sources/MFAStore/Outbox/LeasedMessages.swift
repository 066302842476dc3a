/// Messages that were leased at once.
public struct LeasedMessages: Sendable, Hashable {
    /// Oldest first.
    public let messages: [QueuedMessage]
    /// Others that were due and cannot be read; they stay where they are.
    public let unreadableCount: Int

    public init(messages: [QueuedMessage], unreadableCount: Int) {
        self.messages = messages
        self.unreadableCount = unreadableCount
    }
}
