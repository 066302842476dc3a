/// What a command may use besides the state: the moment, chance, limits, the key of look-up secrets; and the one
/// event it leaves.
public struct DecisionContext {
    public let now: Timestamp
    public var entropy: any Entropy
    public let settings: DomainSettings
    public let lookupSecrets: LookupSecretHash
    public let facts: CallFacts
    /// Set by a command that decided something; without one nothing is written.
    private(set) var event: AuditEvent?

    mutating func record(
        _ kind: AuditEvent.Kind, factor: Factor? = nil, verdict: Verdict? = nil, factorLocked: Bool = false,
        backupCodesLeft: Int? = nil
    ) {
        event = AuditEvent(
            kind: kind, at: now, caller: facts.caller, requestID: facts.requestID, factorID: factor?.id,
            factorKind: factor?.kind, verdict: verdict, factorLocked: factorLocked, backupCodesLeft: backupCodesLeft)
    }
}
