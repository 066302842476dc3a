/// What a single call may want otherwise.
public struct CallOptions: Sendable, Hashable {
    /// How long the answer is of use; nil for the client's own default. The server learns it too.
    public var timeout: Duration?
    /// Names the call in the server's log and audit; at most 128 bytes. Empty: the server makes one.
    public var requestID: String = ""
    /// W3C trace context, passed on as it is.
    public var traceparent: String = ""

    public static let defaults = CallOptions()

    public init(timeout: Duration? = nil, requestID: String = "", traceparent: String = "") {
        self.timeout = timeout
        self.requestID = requestID
        self.traceparent = traceparent
    }
}
