/// A keyed call and what it was answered.
public struct IdempotencyRecord: Sendable, Hashable {
    public let key: IdempotencyKey.Digests
    public let at: Timestamp
    public var answer: RememberedAnswer

    public init(key: IdempotencyKey.Digests, at: Timestamp, answer: RememberedAnswer) {
        self.key = key
        self.at = at
        self.answer = answer
        self.answer.at = at
    }
}

/// What is needed to give an answer again: verdict, ids and counts. The rest is read from the state.
public struct RememberedAnswer: Sendable, Hashable {
    /// When it was first given.
    public internal(set) var at = Timestamp(milliseconds: 0)
    public var factorID: FactorID?
    public var factorKind: FactorKind?
    public var verificationID: VerificationID?
    public var verdict: Verdict?
    public var attemptsLeft: Int = 0
    public var retryAfterMilliseconds: Int64 = 0
    public var backupCodesLeft: Int = 0
    /// Shown once; forgotten after ten minutes.
    public var backupCodes: [String] = []
    /// True when the answer held a secret: repeatable for ten minutes only.
    public var isSecret: Bool = false

    public init() {}
}
