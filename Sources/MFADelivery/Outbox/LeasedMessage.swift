public import MFADomain

/// A message that one worker holds for a while.
public struct LeasedMessage: Sendable {
    /// Whose it is. Not for the channel.
    public let key: SubjectKey
    public let envelope: Envelope
    /// From 1.
    public let attempt: Int

    public init(key: SubjectKey, envelope: Envelope, attempt: Int) {
        self.key = key
        self.envelope = envelope
        self.attempt = attempt
    }
}
