public import MFADomain

/// Takes messages from the outbox and hands them to their channels, until it is stopped.
///
/// Each channel is drained by itself, so that one whose provider hangs holds up no other.
public final class OutboxWorker: Sendable {
    private let drains: [ChannelDrain]

    public init(
        source: any OutboxSource, channels: [MessageChannel: any Channel], options: OutboxWorkerOptions
    ) {
        drains = channels.map { ChannelDrain($0.key, over: $0.value, source: source, options: options) }
    }

    /// Returns once the task was cancelled and nothing is in flight any more. The channels stay open.
    public func run() async {
        await withDiscardingTaskGroup { group in
            for drain in drains { group.addTask { await drain.run() } }
        }
    }

    /// Says that a transaction wrote messages, so that they leave at once. Costs next to nothing.
    public func wake() {
        for drain in drains { drain.wake() }
    }
}
