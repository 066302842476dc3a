public import MFADomain

/// What a channel is given: a message and what its texts and its receipt need.
public struct Envelope: Sendable {
    public let message: OutboxMessage
    public let tenant: String
    /// The name people know the application by.
    public let appName: String
    /// Names this message to a delivery receipt: letters, digits, `-` and `_`. Whoever knows it can report on the
    /// message, so it must not be guessable.
    public let receiptToken: String

    public init(message: OutboxMessage, tenant: String, appName: String, receiptToken: String) {
        self.message = message
        self.tenant = tenant
        self.appName = appName
        self.receiptToken = receiptToken
    }
}
