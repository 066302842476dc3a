/// The person shows the recovery code, and may begin a new factor.
public struct CompleteRecovery: SubjectCommand {
    public let facts: CallFacts
    /// Nil for the one there is.
    let recoveryID: RecoveryID?
    let code: String
    /// The moment by a clock that nobody sets: a hold is over when it is over by both.
    let steadyNow: Timestamp

    public init(facts: CallFacts, recoveryID: RecoveryID?, code: String, steadyNow: Timestamp) {
        self.facts = facts
        self.recoveryID = recoveryID
        self.code = code
        self.steadyNow = steadyNow
    }

    public struct Outcome: Sendable {
        public let verdict: Verdict
        public let proof: VerificationID?
        public let attemptsLeft: Int
        public let retryAfterMilliseconds: Int64
        public let recovery: Recovery
    }

    public func apply(to state: inout SubjectState, _ context: inout DecisionContext) throws(Refusal) -> Outcome {
        var recovery = try state.recovery(recoveryID)
        let verdict: Verdict
        var wait: Int64 = 0
        switch recovery.state(at: context.now) {
        case .pendingApproval: throw .recoveryNotApproved
        case .cancelled: verdict = .cancelled
        case .lapsed: verdict = .expired
        case .redeemed, .completed: verdict = .replayed
        case .approved:
            guard let expected = recovery.code else { throw .recoveryNotApproved }
            wait = recovery.holdMilliseconds(at: context.now, steadyNow: steadyNow)
            if wait > 0 {
                verdict = .rateLimited
            } else if context.now >= expected.expiresAt {
                verdict = .expired
            } else if context.lookupSecrets.isDigest(
                expected.digest, of: ApproveRecovery.purpose, typed: code, recovery.id, of: state.pseudonym)
            {
                recovery.redeem(.init(proof: VerificationID(entropy: &context.entropy), at: context.now))
                verdict = .accepted
            } else {
                recovery.fail()
                verdict = .wrongCode
            }
        }
        state.recovery = recovery
        if recovery.attemptsLeft == 0, state.cancelRecovery(.tooManyFailures, &context) != nil {
            recovery = state.recovery ?? recovery
        }
        context.record(.recoveryRedeemed, verdict: verdict)
        context.annotate { $0.recovery = RecoveryAct(recovery) }
        return Outcome(
            verdict: verdict, proof: verdict == .accepted ? recovery.redemption?.proof : nil,
            attemptsLeft: recovery.isOpen(at: context.now) ? recovery.attemptsLeft : 0, retryAfterMilliseconds: wait,
            recovery: recovery)
    }

    public func remembered(_ outcome: Outcome) -> RememberedAnswer {
        var answer = RememberedAnswer()
        answer.recoveryID = outcome.recovery.id
        answer.verdict = outcome.verdict
        answer.verificationID = outcome.proof
        answer.attemptsLeft = outcome.attemptsLeft
        answer.retryAfterMilliseconds = outcome.retryAfterMilliseconds
        return answer
    }

    public func recall(_ recollection: Recollection, from state: SubjectState) throws(Refusal) -> Outcome {
        let answer = recollection.answer
        guard let verdict = answer.verdict, let recovery = state.recovery, recovery.id == answer.recoveryID else {
            throw .idempotentAnswerGone
        }
        return Outcome(
            verdict: verdict, proof: answer.verificationID, attemptsLeft: answer.attemptsLeft,
            retryAfterMilliseconds: answer.retryAfterMilliseconds, recovery: recovery)
    }
}
