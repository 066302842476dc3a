/// How far a message came. Raw values are stored and are those of the wire; append only.
public enum DeliveryState: Int, Sendable, Hashable, CaseIterable {
    case queued = 1
    /// A provider took it.
    case accepted = 2
    /// A provider said that it arrived.
    case delivered = 3
    /// Given up.
    case failed = 4
    /// Handed over and not answered: it may have been sent, so it is not sent again.
    case unknown = 5
}
