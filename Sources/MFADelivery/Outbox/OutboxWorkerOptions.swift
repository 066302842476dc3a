public import Logging
public import MFADomain

public struct OutboxWorkerOptions: Sendable {
    /// Messages of one channel that are being handed over at once; the most a channel holds in memory.
    public var maximumInFlight = 64
    /// How often an idle channel looks for messages nobody woke it for: those whose retry is due.
    public var pollInterval: Duration = .seconds(1)
    /// How long a stopping worker waits for what is in flight before it cancels it.
    public var stopGrace: Duration = .seconds(10)
    public var logger: Logger
    /// The server's clock, which expiry goes by.
    public var now: @Sendable () -> Timestamp

    public init(logger: Logger, now: @escaping @Sendable () -> Timestamp) {
        self.logger = logger
        self.now = now
    }
}
