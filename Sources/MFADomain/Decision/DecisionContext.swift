/// What a command may use besides the state: the moment, chance, limits, the key of look-up secrets; and what it leaves
/// behind: one event, messages, claims.
public struct DecisionContext {
    public let key: SubjectKey
    public let now: Timestamp
    public var entropy: any Entropy
    public let settings: DomainSettings
    public let lookupSecrets: LookupSecretHash
    public let facts: CallFacts
    /// Nil until the store was asked.
    private let claimAnswers: ClaimAnswers?
    /// Set by a command that decided something; without one nothing is written.
    private(set) var event: AuditEvent?
    private(set) var outbox: [OutboxChange] = []
    private(set) var claims: [BudgetClaim] = []
    /// True once a message took the money spent past the mark that is worth a word.
    var hasPassedMoneyMark = false

    init(
        key: SubjectKey, now: Timestamp, entropy: any Entropy, settings: DomainSettings,
        lookupSecrets: LookupSecretHash,
        facts: CallFacts, claimAnswers: ClaimAnswers?
    ) {
        self.key = key
        self.now = now
        self.entropy = entropy
        self.settings = settings
        self.lookupSecrets = lookupSecrets
        self.facts = facts
        self.claimAnswers = claimAnswers
    }

    mutating func record(
        _ kind: AuditEvent.Kind, factor: Factor? = nil, verdict: Verdict? = nil, factorLocked: Bool = false,
        backupCodesLeft: Int? = nil
    ) {
        event = AuditEvent(
            kind: kind, at: now, caller: facts.caller, requestID: facts.requestID, factorID: factor?.id,
            factorKind: factor?.kind, verdict: verdict, factorLocked: factorLocked, backupCodesLeft: backupCodesLeft,
            moneyAlarm: hasPassedMoneyMark)
    }

    /// Adds to the event that was recorded.
    mutating func annotate(_ change: (inout AuditEvent) -> Void) {
        guard var event else { return }
        change(&event)
        self.event = event
    }

    mutating func change(_ change: OutboxChange) {
        outbox.append(change)
    }

    /// Asks for claims. They are made if all of these are granted and the decision has an event; other claims of the same
    /// decision do not stand in their way.
    ///
    /// - Returns: the answers; nil when they are not known yet and the decision will be made again.
    mutating func claim(_ wanted: [BudgetClaim]) -> ClaimAnswers? {
        if claimAnswers?.grant(wanted) ?? true { claims += wanted }
        return claimAnswers
    }
}
