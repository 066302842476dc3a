/// Stops a recovery. One that is over stays as it is.
public struct CancelRecovery: SubjectCommand {
    /// Who stops it.
    public enum Authority: Sendable {
        case named(Operator)
        /// Whoever has the code of the notice.
        case veto(String)
        /// Whoever just proved a factor.
        case proof(VerificationID)
    }

    public let facts: CallFacts
    /// Nil for the one there is.
    let recoveryID: RecoveryID?
    let authority: Authority

    public init(facts: CallFacts, recoveryID: RecoveryID?, authority: Authority) {
        self.facts = facts
        self.recoveryID = recoveryID
        self.authority = authority
    }

    public struct Outcome: Sendable {
        public let verdict: Verdict
        public let recovery: Recovery
    }

    public func apply(to state: inout SubjectState, _ context: inout DecisionContext) throws(Refusal) -> Outcome {
        let recovery = try state.recovery(recoveryID)
        let cancellation: Recovery.Cancellation
        var name = ""
        switch authority {
        case .named(let canceller):
            cancellation = .byOperator
            name = canceller.name
        case .proof(let id):
            let proof = try state.checkProof(id, at: context.now)
            // An operator's code shows nothing of a factor of the person's.
            if state.factor(proof.factorID)?.kind == .temporaryAccessCode { throw .proofTooWeak }
            cancellation = .factorProven
        case .veto(let code):
            cancellation = .veto
            // No limit on tries: 80 random bits need none, and one would let a stranger take the objection away.
            guard
                context.lookupSecrets.isDigest(
                    recovery.vetoDigest, of: StartRecovery.vetoPurpose, typed: code, recovery.id, of: state.pseudonym)
            else { return outcome(.wrongCode, RecoveryAct(recovery), recovery, &context) }
        }
        guard var act = state.cancelRecovery(cancellation, &context), let cancelled = state.recovery else {
            return Outcome(verdict: .expired, recovery: recovery)
        }
        act.operatorName = name
        return outcome(.accepted, act, cancelled, &context)
    }

    private func outcome(
        _ verdict: Verdict, _ act: RecoveryAct, _ recovery: Recovery, _ context: inout DecisionContext
    ) -> Outcome {
        context.record(.recoveryCancelled, verdict: verdict)
        context.annotate { $0.recovery = act }
        return Outcome(verdict: verdict, recovery: recovery)
    }

    public func remembered(_ outcome: Outcome) -> RememberedAnswer {
        var answer = RememberedAnswer()
        answer.recoveryID = outcome.recovery.id
        answer.verdict = outcome.verdict
        return answer
    }

    public func recall(_ recollection: Recollection, from state: SubjectState) throws(Refusal) -> Outcome {
        guard let verdict = recollection.answer.verdict, let recovery = state.recovery,
            recovery.id == recollection.answer.recoveryID
        else { throw .idempotentAnswerGone }
        return Outcome(verdict: verdict, recovery: recovery)
    }
}
