/// An operator saw who a person is, and begins to let them back in.
public struct StartRecovery: SubjectCommand {
    public let facts: CallFacts
    let startedBy: Operator
    let reason: String
    let evidence: String

    public init(facts: CallFacts, by startedBy: Operator, reason: String, evidence: String) {
        self.facts = facts
        self.startedBy = startedBy
        self.reason = reason
        self.evidence = evidence
    }

    public func apply(to state: inout SubjectState, _ context: inout DecisionContext) throws(Refusal) -> Recovery {
        let rules = context.settings.policy.recovery
        guard rules.adminRecovery == .verifyWithID else { throw .recoveryDisabled }
        try startedBy.checkIsNot(context.key.subject)
        // Who has nothing to lose just enrolls.
        guard state.hasProtectedFactor else { throw .nothingToRecover }
        if state.recovery?.isOpen(at: context.now) == true { throw .recoveryOpen }
        guard state.mayRecoverAgain(context) else { throw .tooManyRecoveries }
        let id = RecoveryID(entropy: &context.entropy)
        let veto = BackupCode(groups: Self.codeGroups, entropy: &context.entropy)
        try state.claimOperatorAct("recoveries started", &context)
        let recipients = state.recipients(context)
        let told = state.tell(.init(.recoveryStarted, vetoCode: veto.text), to: recipients, &context)
        // Where the person cannot be told, because so much was sent, nobody is let in either.
        guard told.count == recipients.count else { throw .noticesRationed }
        let recovery = Recovery(
            id: id, startedAt: context.now, endsAt: context.now.adding(seconds: rules.timeoutSeconds),
            startedBy: startedBy.name, reason: reason, evidence: evidence,
            vetoDigest: context.lookupSecrets.digest(Self.vetoPurpose, veto, id, of: state.pseudonym),
            told: told.map(\.shown))
        state.recovery = recovery
        context.record(.recoveryStarted)
        context.annotate {
            $0.recovery = RecoveryAct(recovery, by: startedBy.name, reason: reason, evidence: evidence)
        }
        return recovery
    }

    /// 80 random bits.
    static let codeGroups = 4
    static let vetoPurpose = "recovery veto"

    public func remembered(_ outcome: Recovery) -> RememberedAnswer {
        var answer = RememberedAnswer()
        answer.recoveryID = outcome.id
        return answer
    }

    public func recall(_ recollection: Recollection, from state: SubjectState) throws(Refusal) -> Recovery {
        guard let recovery = state.recovery, recovery.id == recollection.answer.recoveryID else {
            throw .idempotentAnswerGone
        }
        return recovery
    }
}
