/// Another operator agrees, and the person gets a recovery code.
public struct ApproveRecovery: SubjectCommand {
    public let facts: CallFacts
    let recoveryID: RecoveryID
    let approvedBy: Operator
    let delivery: AccessCodeDelivery

    public init(facts: CallFacts, recoveryID: RecoveryID, by approvedBy: Operator, delivery: AccessCodeDelivery) {
        self.facts = facts
        self.recoveryID = recoveryID
        self.approvedBy = approvedBy
        self.delivery = delivery
    }

    public struct Outcome: Sendable {
        public let recovery: Recovery
        /// Where the code goes, masked.
        public let sentTo: String
        /// For a caller who hands it over; empty otherwise.
        public let code: String
        /// Why no code was sent.
        public let refusal: SendRefusal?
    }

    static let purpose = "recovery code"
    /// NIST SP 800-63B-4, section 4.2.1: ten minutes by SMS, a day by e-mail.
    private static let lifetimeBySMSSeconds: Int64 = 600
    private static let lifetimeSeconds: Int64 = 86_400

    public func apply(to state: inout SubjectState, _ context: inout DecisionContext) throws(Refusal) -> Outcome {
        var recovery = try state.recovery(recoveryID)
        guard recovery.isOpen(at: context.now) else { throw .recoveryNotOpen }
        if approvedBy.isSame(as: recovery.startedBy) { throw .sameOperator }
        try approvedBy.checkIsNot(context.key.subject)
        let isFirst = recovery.approval == nil
        if isFirst, !state.mayRecoverAgain(context) { throw .tooManyRecoveries }
        let recipient = try state.accessCodeAddress(delivery, context)
        let approval = Recovery.Approval(by: approvedBy.name, at: context.now)
        // The hold runs from the first approval; another code does not begin it anew.
        let holdEndsAt = (recovery.approval ?? approval).at.adding(
            seconds: context.settings.policy.recovery.holdSeconds)
        let dueAt = max(holdEndsAt, context.now)
        guard dueAt < recovery.endsAt else { throw .recoveryTooLate }
        let lifetime = recipient?.channel == .sms ? Self.lifetimeBySMSSeconds : Self.lifetimeSeconds
        let expiresAt = min(recovery.endsAt, dueAt.adding(seconds: lifetime))
        let code = BackupCode(groups: StartRecovery.codeGroups, entropy: &context.entropy)
        let sending = try state.send(code, to: recipient, dueAt: dueAt, expiresAt: expiresAt, &context)
        switch sending {
        case .refused(let refusal):
            context.record(.recoveryApproved, verdict: .rateLimited)
            context.annotate {
                $0.limit = refusal.limit
                $0.recovery = RecoveryAct(recovery, by: approvedBy.name)
            }
            return Outcome(recovery: recovery, sentTo: "", code: "", refusal: refusal)
        case .made(let messageID, let returned, let sentTo):
            if let earlier = recovery.code?.messageID { context.change(.remove(earlier)) }
            recovery.approve(
                approval,
                Recovery.Code(
                    digest: context.lookupSecrets.digest(Self.purpose, code, recovery.id, of: state.pseudonym),
                    madeAt: context.now, usableFrom: holdEndsAt, expiresAt: expiresAt, messageID: messageID))
            state.recovery = recovery
            // What the code before began ends with it.
            for index in state.factors.indices
            where state.factors[index].storedState == .pendingActivation
                && state.factors[index].binding == .recovered(recovery.id)
            { state.factors[index].end(as: .revoked) }
            if isFirst {
                state.countApproval(context)
                // The code itself is word enough where it goes by SMS.
                let others = state.recipients(context).filter { $0.channel != .sms || $0.value != recipient?.value }
                state.tell(.init(.recoveryApproved), to: others, &context)
            }
            context.record(.recoveryApproved, verdict: .accepted)
            context.annotate { $0.recovery = RecoveryAct(recovery, by: approvedBy.name) }
            return Outcome(recovery: recovery, sentTo: sentTo, code: returned, refusal: nil)
        }
    }

    public func remembered(_ outcome: Outcome) -> RememberedAnswer {
        var answer = RememberedAnswer()
        answer.recoveryID = outcome.recovery.id
        answer.sendRefusal = outcome.refusal
        answer.sentTo = outcome.sentTo
        answer.isSecret = !outcome.code.isEmpty
        return answer
    }

    public func codesShown(_ outcome: Outcome) -> [String] { outcome.code.isEmpty ? [] : [outcome.code] }

    public func recall(_ recollection: Recollection, from state: SubjectState) throws(Refusal) -> Outcome {
        let answer = recollection.answer
        guard let recovery = state.recovery, recovery.id == answer.recoveryID,
            // Another code may have taken the place of the one that was answered.
            answer.limit != nil || recovery.storedState == .approved && recovery.code?.madeAt == recollection.at
        else { throw .idempotentAnswerGone }
        return Outcome(
            recovery: recovery, sentTo: answer.sentTo, code: recollection.codes.first ?? "",
            refusal: answer.sendRefusal)
    }
}
