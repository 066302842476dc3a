/// What is needed to give an answer again: verdict, ids and counts. The rest is read from the state.
public struct RememberedAnswer: Sendable, Hashable {
    public var factorID: FactorID?
    public var factorKind: FactorKind?
    public var verificationID: VerificationID?
    public var verdict: Verdict?
    public var attemptsLeft = 0
    public var retryAfterMilliseconds: Int64 = 0
    public var backupCodesLeft = 0
    public var challengeID: ChallengeID?
    public var limit: SendLimit?
    public var sendsLeft = 0
    public var resendAfterMilliseconds: Int64 = 0
    public var evaluation: Evaluation?
    public var trustedDeviceID: TrustedDeviceID?
    public var recoveryID: RecoveryID?
    /// Where a code went, masked.
    public var sentTo = ""
    public var count = 0
    /// True when the answer held codes or a secret: repeatable for ten minutes only.
    public var isSecret = false

    public init() {}

    /// What stood in the way of sending, of `limit` and `retryAfterMilliseconds`.
    var sendRefusal: SendRefusal? {
        get { limit.map { SendRefusal(limit: $0, retryAfterMilliseconds: retryAfterMilliseconds) } }
        set {
            limit = newValue?.limit
            retryAfterMilliseconds = newValue?.retryAfterMilliseconds ?? 0
        }
    }
}
