/// How much waits to be sent.
public struct OutboxStatus: Sendable, Hashable {
    public let count: Int
    /// When the oldest of it was first due, milliseconds since the epoch; nil when nothing waits.
    public let oldestDueAt: Int64?

    public init(count: Int, oldestDueAt: Int64?) {
        self.count = count
        self.oldestDueAt = oldestDueAt
    }
}
