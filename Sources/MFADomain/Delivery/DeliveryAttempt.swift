/// What became of one attempt to hand a message to a provider.
public struct DeliveryAttempt: Sendable, Hashable {
    public let state: DeliveryState
    /// The provider's configured name.
    public let provider: String
    /// The provider's own name for the message; empty for none.
    public let providerMessageID: String
    /// Millionths of the configured currency.
    public let costMicros: Int64
    /// 1 for the first.
    public let number: Int
    /// A stable word, such as HTTP_500.
    public let reason: String

    public init(
        state: DeliveryState, provider: String, providerMessageID: String, costMicros: Int64, number: Int,
        reason: String
    ) {
        self.state = state
        self.provider = provider
        self.providerMessageID = providerMessageID
        self.costMicros = costMicros
        self.number = number
        self.reason = reason
    }
}
