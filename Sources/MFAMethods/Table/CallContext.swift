public import MFADomain

/// What a wire knows of a call besides its bytes.
public struct CallContext: Sendable {
    /// Who calls, as the callers table names them.
    public let caller: Caller
    /// When the answer stops being of use; nil for never.
    public let deadline: ContinuousClock.Instant?
    /// Ties the answer, the log line and the audit event together.
    public let requestID: String
    /// W3C trace context as the caller sent it.
    public let traceparent: String?

    public init(caller: Caller, deadline: ContinuousClock.Instant?, requestID: String, traceparent: String? = nil) {
        self.caller = caller
        self.deadline = deadline
        self.requestID = requestID
        self.traceparent = traceparent
    }
}
