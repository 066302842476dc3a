/// How handing a message to a provider went.
public struct SendReport: Sendable, Hashable {
    public enum Outcome: Sendable, Hashable, CaseIterable {
        case accepted
        /// Certainly not sent; may be tried again.
        case failed
        /// Certainly not sent, and this provider will never take it.
        case refused
        /// Handed over without an answer: may or may not have been sent.
        case unknown
        /// The device the message was for is gone for good.
        case recipientGone
    }

    public static let longestProviderMessageIDBytes = 128

    public var outcome: Outcome
    /// The provider's configured name; empty if none was asked.
    public var provider: String
    /// The provider's own name for the message: visible ASCII, at most 128 bytes; empty if it gave none.
    public var providerMessageID: String
    /// What the message costs or may cost, in millionths of the currency unit.
    public var costMicros: Int64
    /// How long the provider asked to be left alone.
    public var retryAfterMilliseconds: Int64?
    /// A short stable word for logs, such as `HTTP_500` or `TIMEOUT`; empty when accepted. Never a provider's text.
    public var reason: String
    /// What providers asked before this one said, in order. Each certainly did not send.
    public var earlier: [SendReport] = []

    /// A message id that is too long or not visible ASCII is left out.
    public init(
        outcome: Outcome, provider: String, providerMessageID: String = "", costMicros: Int64 = 0,
        retryAfterMilliseconds: Int64? = nil, reason: String = ""
    ) {
        let isFit =
            providerMessageID.utf8.count <= Self.longestProviderMessageIDBytes
            && providerMessageID.utf8.allSatisfy { (0x21...0x7e).contains($0) }
        self.outcome = outcome
        self.provider = provider
        self.providerMessageID = isFit ? providerMessageID : ""
        self.costMicros = costMicros
        self.retryAfterMilliseconds = retryAfterMilliseconds
        self.reason = reason
    }
}
