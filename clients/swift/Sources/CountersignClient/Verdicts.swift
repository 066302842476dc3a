public import MFAProto

extension Countersign_V1_VerifyResponse {
    /// The proof is good; every other verdict means no.
    public var isAccepted: Bool { verdict == .accepted }
    /// How long to wait before the next try; nil when there is no need to.
    public var retryAfter: Duration? { retryAfterMs > 0 ? .milliseconds(retryAfterMs) : nil }
}

extension Countersign_V1_ActivateFactorResponse {
    /// The factor is active; every other verdict means no.
    public var isAccepted: Bool { verdict == .accepted }
}
