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
    public var backupCodeCount = 10
    /// Groups of four characters in a backup code: 4 (80 bits) or 3 (60 bits).
    public var backupCodeGroups = 4

    public init() {}

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
    static let maxIdempotencyRecords = 8
    static let idempotencyLifetimeSeconds: Int64 = 86_400
    /// How long an answer with codes or secrets stays repeatable.
    static let secretAnswerLifetimeSeconds: Int64 = 600
}
