/// Why nothing was sent, and when that may change.
public struct SendRefusal: Sendable, Hashable {
    public let limit: SendLimit
    /// 0 when waiting does not help.
    public let retryAfterMilliseconds: Int64

    public init(limit: SendLimit, retryAfterMilliseconds: Int64) {
        self.limit = limit
        self.retryAfterMilliseconds = retryAfterMilliseconds
    }
}
