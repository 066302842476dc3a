/// An operator lets a person sign in for a while.
public struct IssueTemporaryAccessCode: SubjectCommand {
    public let facts: CallFacts
    let issuedBy: Operator
    let reason: String
    let lifetimeSeconds: Int64
    let uses: Int
    let delivery: AccessCodeDelivery

    public static var createsSubject: Bool { true }

    public init(
        facts: CallFacts, by issuedBy: Operator, reason: String, lifetimeSeconds: Int64, uses: Int,
        delivery: AccessCodeDelivery
    ) {
        self.facts = facts
        self.issuedBy = issuedBy
        self.reason = reason
        self.lifetimeSeconds = lifetimeSeconds
        self.uses = uses
        self.delivery = delivery
    }

    public struct Outcome: Sendable {
        /// Nil when nothing was made.
        public let factor: Factor?
        public let sentTo: String
        /// For a caller who hands it over; empty otherwise.
        public let code: String
        public let refusal: SendRefusal?
    }

    public func apply(to state: inout SubjectState, _ context: inout DecisionContext) throws(Refusal) -> Outcome {
        try issuedBy.checkIsNot(context.key.subject)
        try state.claimOperatorAct("temporary access codes", &context)
        let recipient = try state.accessCodeAddress(delivery, context)
        let id = FactorID(entropy: &context.entropy)
        let code = BackupCode(groups: StartRecovery.codeGroups, entropy: &context.entropy)
        let expiresAt = context.now.adding(seconds: lifetimeSeconds)
        let act = RecoveryAct(recoveryID: nil, state: nil, operatorName: issuedBy.name, reason: reason)
        switch try state.send(code, to: recipient, dueAt: context.now, expiresAt: expiresAt, &context) {
        case .refused(let refusal):
            context.record(.temporaryAccessCodeIssued, verdict: .rateLimited)
            context.annotate {
                $0.limit = refusal.limit
                $0.recovery = act
            }
            return Outcome(factor: nil, sentTo: "", code: "", refusal: refusal)
        case .made(let messageID, let returned, let sentTo):
            for index in state.factors.indices {
                guard let earlier = state.factors[index].temporaryAccessCode else { continue }
                if let messageID = earlier.messageID { context.change(.remove(messageID)) }
                state.factors[index].end(as: .revoked)
            }
            var factor = Factor(
                id: id, kind: .temporaryAccessCode, state: .active, name: "", createdAt: context.now,
                credential: .temporaryAccessCode(
                    TemporaryAccessCode(
                        digest: context.lookupSecrets.digest(
                            TemporaryAccessCode.purpose, code, id, of: state.pseudonym),
                        expiresAt: expiresAt, usesLeft: uses, messageID: messageID)), binding: .waived)
            factor.activatedAt = context.now
            state.factors.append(factor)
            state.settleEndedFactors(at: context.now)
            let others = state.recipients(context).filter { $0.channel != .sms || $0.value != recipient?.value }
            state.tell(.init(.temporaryAccessCodeIssued), to: others, &context)
            context.record(.temporaryAccessCodeIssued, factor: factor, verdict: .accepted)
            context.annotate { $0.recovery = act }
            return Outcome(factor: factor, sentTo: sentTo, code: returned, refusal: nil)
        }
    }

    public func remembered(_ outcome: Outcome) -> RememberedAnswer {
        var answer = RememberedAnswer()
        answer.factorID = outcome.factor?.id
        answer.sendRefusal = outcome.refusal
        answer.sentTo = outcome.sentTo
        answer.isSecret = !outcome.code.isEmpty
        return answer
    }

    public func codesShown(_ outcome: Outcome) -> [String] { outcome.code.isEmpty ? [] : [outcome.code] }

    public func recall(_ recollection: Recollection, from state: SubjectState) throws(Refusal) -> Outcome {
        let answer = recollection.answer
        let factor = answer.factorID.flatMap { state.factor($0) }
        guard answer.limit != nil || factor?.credential != nil else { throw .idempotentAnswerGone }
        return Outcome(
            factor: factor, sentTo: answer.sentTo, code: recollection.codes.first ?? "",
            refusal: answer.sendRefusal)
    }
}
