/// Hands messages to a provider.
public protocol Channel: Sendable {
    /// Returns within the channel's own time limits, and soon after its task is cancelled. Trouble is a report,
    /// never an error.
    func send(_ envelope: Envelope) async -> SendReport

    /// Gives connections and threads back. Nothing is sent afterwards. A channel must be closed before it is let go.
    func close() async
}
