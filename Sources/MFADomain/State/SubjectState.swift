/// All that is known of one subject: one aggregate, read and written whole.
public struct SubjectState: Sendable, Hashable {
    public let pseudonym: Pseudonym
    public let createdAt: Timestamp
    public var profile: Profile
    /// Oldest first.
    public var factors: [Factor]
    public var recentVerifications: [RecentVerification]
    public var idempotencyRecords: [IdempotencyRecord]
    /// Oldest first.
    public var challenges: [Challenge]
    /// When the time to enroll began; nil while no policy obliges. Set once.
    public internal(set) var graceStartedAt: Timestamp?
    /// Oldest first.
    public internal(set) var trustedDevices: [TrustedDevice]
    /// By when it was last seen, the longest ago first.
    public internal(set) var seenSignals: [SeenSignal]
    /// The one that is open, else the last.
    public internal(set) var recovery: Recovery?
    /// When recoveries of the last year were approved.
    public internal(set) var recoveryApprovals: [Timestamp]

    public init(
        pseudonym: Pseudonym, createdAt: Timestamp, profile: Profile = Profile(), factors: [Factor] = [],
        recentVerifications: [RecentVerification] = [], idempotencyRecords: [IdempotencyRecord] = [],
        challenges: [Challenge] = [], graceStartedAt: Timestamp? = nil, trustedDevices: [TrustedDevice] = [],
        seenSignals: [SeenSignal] = [], recovery: Recovery? = nil, recoveryApprovals: [Timestamp] = []
    ) {
        self.pseudonym = pseudonym
        self.createdAt = createdAt
        self.profile = profile
        self.factors = factors
        self.recentVerifications = recentVerifications
        self.idempotencyRecords = idempotencyRecords
        self.challenges = challenges
        self.graceStartedAt = graceStartedAt
        self.trustedDevices = trustedDevices
        self.seenSignals = seenSignals
        self.recovery = recovery
        self.recoveryApprovals = recoveryApprovals
    }

    public func factor(_ id: FactorID) -> Factor? {
        factors.first { $0.id == id }
    }

    /// ACTIVE factors besides backup codes and temporary access codes.
    public var activeFactorCount: Int {
        factors.count { $0.storedState == .active && !$0.kind.isReserve }
    }

    /// The set of backup codes in force, if any.
    public var backupCodeFactor: Factor? {
        factors.first { $0.backupCodes != nil }
    }

    public var backupCodesLeft: Int {
        backupCodeFactor?.backupCodes?.left ?? 0
    }

    func factorIndex(_ id: FactorID) throws(Refusal) -> Int {
        guard let index = factors.firstIndex(where: { $0.id == id }) else { throw .factorNotFound }
        return index
    }

    /// A subject with such a factor has something to lose: binding, resuming and revoking need a proof.
    var hasProtectedFactor: Bool { hasProtectedFactor { _ in true } }

    func hasProtectedFactor(where isMeant: (FactorKind) -> Bool) -> Bool {
        factors.contains { ($0.storedState == .active || $0.storedState == .suspended) && isMeant($0.kind) }
    }

    /// Accepts the verification of a factor that is still active, not older than five minutes (CONTROLS row 73), nor
    /// of a time that is yet to come: a clock that was set back must not make proofs live longer.
    ///
    @discardableResult
    func checkProof(_ id: VerificationID?, at now: Timestamp) throws(Refusal) -> RecentVerification {
        guard let id else { throw .proofRequired }
        guard let verification = recentVerifications.first(where: { $0.id == id }),
            now.isWithin(seconds: DomainSettings.proofLifetimeSeconds, after: verification.at),
            factor(verification.factorID)?.storedState == .active
        else { throw .proofStale }
        return verification
    }

    mutating func remember(
        verificationOf factorID: FactorID, level: Assurance.Level?, action: String = "",
        _ context: inout DecisionContext
    ) -> VerificationID {
        let id = VerificationID(entropy: &context.entropy)
        let now = context.now
        recentVerifications.removeAll { now.isPast(seconds: DomainSettings.verificationSeconds, after: $0.at) }
        recentVerifications.append(
            RecentVerification(
                id: id, factorID: factorID, at: now, level: level,
                actionDigest: action.isEmpty ? [] : actionDigest(action, context)))
        if recentVerifications.count > DomainSettings.maxRecentVerifications { recentVerifications.removeFirst() }
        return id
    }

    func actionDigest(_ action: String, _ context: DecisionContext) -> [UInt8] {
        context.lookupSecrets.shortDigest("action", action, of: pseudonym)
    }

    /// What the policy says of this subject, whatever it does.
    func rules(_ context: DecisionContext) -> PolicyRules {
        context.settings.policy.rules(tenant: context.key.tenant, groups: profile.groups, action: "")
    }

    /// Whether the policy obliges this subject.
    func mustHaveFactor(_ context: DecisionContext) -> Bool {
        context.settings.policy.obliges(profile.kind, groups: profile.groups, tenant: context.key.tenant)
    }

    /// The time to enroll begins once the policy obliges, and never again.
    mutating func startGrace(_ context: DecisionContext) {
        graceStartedAt = graceStart(under: context.settings.policy, tenant: context.key.tenant, at: context.now)
    }

    /// Wipes factors whose time ran out and forgets the oldest ended ones beyond ten.
    mutating func settleEndedFactors(at now: Timestamp) {
        for index in factors.indices where factors[index].state(at: now) == .expired {
            if factors[index].credential != nil { factors[index].end(as: .expired) }
        }
        var surplus = factors.count { $0.isEnded(at: now) } - DomainSettings.maxEndedFactors
        factors.removeAll { factor in
            guard surplus > 0, factor.isEnded(at: now) else { return false }
            surplus -= 1
            return true
        }
    }
}
