/// The limits a decision keeps. Defaults are those of the configuration reference.
public struct DomainSettings: Sendable, Hashable {
    /// Steps before and after the present one whose TOTP codes count, 0 to 2.
    public var totpWindowSteps = 1
    /// Failures in a row that lock a factor, 1 to 100 (NIST SP 800-63B-4, section 3.2.2 allows no more).
    public var maxConsecutiveFailures = 10
    /// Failures in 30 days that lock a factor whatever succeeded between, 1 to 1000.
    public var maxFailuresPer30Days = 100
    /// Seconds to wait after the 1st, 2nd, … failure in a row; the last one repeats.
    public var failureDelaysSeconds: [Int64] = [0, 0, 0, 0, 1, 2, 4, 8, 15]
    /// Groups of four characters in a backup code: 4 (80 bits) or 3 (60 bits).
    public var backupCodeGroups = 4
    /// Counters after the expected one whose HOTP codes count, 0 to 20 (RFC 4226, section 7.4).
    public var hotpLookAhead = 10
    /// Digits of a code that is sent, 6 or 8.
    public var outOfBandDigits = 6
    /// How long a code that was sent counts, 60 to 600 (NIST SP 800-63B-4, section 3.1.3.2 allows ten minutes).
    public var outOfBandLifetimeSeconds: Int64 = 300
    /// How long a push challenge waits for its answer, 30 to 300.
    public var pushLifetimeSeconds: Int64 = 120
    /// Digits of the number to match, 2 to 6; 6 is what NIST asks of a secret that is transferred.
    public var pushNumberDigits = 3
    /// How long a new address beside or after another one of its kind sends nothing for sign-ins.
    public var addressCooldownSeconds: Int64 = 3_600
    /// True lets callers bring secrets of another system (StartEnrollment's `existing`).
    public var allowsExistingSecrets = false
    /// Channels that there is a provider for.
    public var channels = Set(MessageChannel.allCases)
    public var sending = SendingSettings()
    public var policy = Policy.standard

    public init() {}

    /// How long a challenge of a kind waits for its answer.
    public func challengeLifetimeSeconds(isPush: Bool) -> Int64 {
        isPush ? pushLifetimeSeconds : outOfBandLifetimeSeconds
    }

    /// Wrong codes that end a challenge.
    static let maxChallengeFailures = 5
    /// Wrong numbers that end a push challenge.
    static let maxPushFailures = 3
    /// Push challenges in a row that were not approved, and then push pauses.
    static let maxPushRefusals = 3
    /// How long after a push challenge began its approval can be spent (NIST SP 800-63B-4, section 3.1.3.2 allows ten
    /// minutes).
    static let approvalLifetimeSeconds: Int64 = 600
    /// Challenges that have ended and are kept for GetChallenge, and how long after their time.
    static let maxEndedChallenges = 4
    static let endedChallengeSeconds: Int64 = 600
    /// How far a device's clock may be off in a signed request.
    static let deviceClockSeconds: Int64 = 300
    /// Recoveries started, and temporary access codes issued, for one person in a day.
    static let maxOperatorActsPerDay: Int64 = 10
    /// How long a notice is worth sending.
    static let noticeLifetimeSeconds: Int64 = 86_400
    /// Wait before the second, third, … attempt to deliver; the last one repeats.
    static let deliveryDelaysSeconds: [Int64] = [1, 2, 5, 10, 20, 40, 60]

    /// How long a pending factor waits for its first code.
    static let enrollmentLifetimeSeconds: Int64 = 600
    /// Failures that end a pending factor.
    static let maxActivationFailures = 5
    static let maxPendingFactors = 5
    static let maxFactors = 20
    /// Revoked and expired factors kept for the record.
    static let maxEndedFactors = 10
    /// How long a verification proves its factor to other calls.
    static let proofLifetimeSeconds: Int64 = 300
    static let maxRecentVerifications = 4
    /// How long a verification can answer whether somebody must be asked again, where the policy allows it.
    static let verificationSeconds: Int64 = 30 * 86_400
    static let maxSeenSignalsPerKind = 10
    static let maxIdempotencyRecords = 8
    static let idempotencyLifetimeSeconds: Int64 = 86_400
    /// How long an answer with codes or secrets stays repeatable.
    static let secretAnswerLifetimeSeconds: Int64 = 600
}
