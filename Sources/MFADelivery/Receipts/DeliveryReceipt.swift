/// What a provider reports on a message it took.
public struct DeliveryReceipt: Sendable, Hashable {
    public enum Status: Sendable, Hashable, CaseIterable {
        /// On its way, with nothing known of the end.
        case sent
        case delivered
        case failed
    }

    /// The message's ``Envelope/receiptToken``.
    public let token: String
    public let status: Status

    public init(token: String, status: Status) {
        self.token = token
        self.status = status
    }
}

extension DeliveryReceipt.Status {
    /// Reads Kannel's numbers for `%d`, Twilio's MessageStatus and our own words. Nil for anything else.
    init?(word: String) {
        switch word {
        case "1", "delivered", "read": self = .delivered
        // Kannel: not delivered; refused by the centre.
        case "2", "16", "failed", "undelivered", "canceled": self = .failed
        // Kannel: buffered; taken by the centre.
        case "4", "8", "sent", "sending", "queued", "accepted", "scheduled", "partially_delivered": self = .sent
        default: return nil
        }
    }
}
