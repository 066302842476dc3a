/// One line of the audit: what was decided. Holds no secret, and of people only the operators of recoveries and access
/// codes, by the names their caller gave.
public struct AuditEvent: Sendable, Hashable {
    /// Raw values are stored; append only.
    public enum Kind: Int, Sendable, CaseIterable {
        case enrollmentStarted = 1
        case activation = 2
        case verification = 3
        case factorRenamed = 4
        case factorSuspended = 5
        case factorResumed = 6
        case factorRevoked = 7
        case factorUnlocked = 8
        case backupCodesGenerated = 9
        case subjectPut = 10
        case subjectErased = 11
        case challengeStarted = 12
        case challengeCancelled = 13
        case pushAnswered = 14
        case fraudReported = 15
        case messageDelivery = 16
        case factorImported = 17
        case evaluation = 18
        case deviceTrusted = 19
        case deviceForgotten = 20
        case allowedInOutage = 21
        case receiptRedeemed = 22
        case recoveryStarted = 23
        case recoveryApproved = 24
        case recoveryCancelled = 25
        case recoveryRedeemed = 26
        case temporaryAccessCodeIssued = 27
        case lossReported = 28
    }

    public var kind: Kind
    public var at: Timestamp
    public var caller: String
    public var requestID: String
    public var factorID: FactorID?
    public var factorKind: FactorKind?
    public var verdict: Verdict?
    /// True when this decision locked the factor.
    public var factorLocked: Bool
    /// Where the decision changed it.
    public var backupCodesLeft: Int?
    public var challengeID: ChallengeID?
    /// What stood in the way of sending.
    public var limit: SendLimit?
    /// True when this send took the money spent past the mark that is worth a word.
    public var moneyAlarm: Bool
    public var delivery: DeliveryAttempt?
    public var evaluation: EvaluationRecord?
    public var recovery: RecoveryAct?

    public init(
        kind: Kind, at: Timestamp, caller: String, requestID: String, factorID: FactorID? = nil,
        factorKind: FactorKind? = nil, verdict: Verdict? = nil, factorLocked: Bool = false, backupCodesLeft: Int? = nil,
        challengeID: ChallengeID? = nil, limit: SendLimit? = nil, moneyAlarm: Bool = false,
        delivery: DeliveryAttempt? = nil, evaluation: EvaluationRecord? = nil, recovery: RecoveryAct? = nil
    ) {
        self.kind = kind
        self.at = at
        self.caller = caller
        self.requestID = requestID
        self.factorID = factorID
        self.factorKind = factorKind
        self.verdict = verdict
        self.factorLocked = factorLocked
        self.backupCodesLeft = backupCodesLeft
        self.challengeID = challengeID
        self.limit = limit
        self.moneyAlarm = moneyAlarm
        self.delivery = delivery
        self.evaluation = evaluation
        self.recovery = recovery
    }
}
