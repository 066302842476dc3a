/// A message that one worker holds for a while.
public struct LeasedMessage: Sendable {
    public let envelope: Envelope
    /// From 1.
    public let attempt: Int

    public init(envelope: Envelope, attempt: Int) {
        self.envelope = envelope
        self.attempt = attempt
    }
}
