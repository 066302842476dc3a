/// Makes a new set of backup codes; the old one ends at once.
public struct GenerateBackupCodes: SubjectCommand {
    public let facts: CallFacts
    let proof: VerificationID?

    public init(facts: CallFacts, proof: VerificationID?) {
        self.facts = facts
        self.proof = proof
    }

    public struct Outcome: Sendable {
        public let factor: Factor
        /// Shown this once.
        public let codes: [String]
    }

    public func apply(to state: inout SubjectState, _ context: inout DecisionContext) throws(Refusal) -> Outcome {
        guard context.settings.policy.recovery.backupCodeCount > 0 else { throw .backupCodesDisabled }
        guard state.activeFactorCount > 0 else { throw .noActiveFactor(nil) }
        // A recovery is for a new factor, which brings codes of its own.
        if case .recovered = try state.checkMayBind(proof: proof, context) { throw .proofStale }
        state.tell(.init(.backupCodesReplaced), to: state.recipients(context), &context)
        let (factor, codes) = state.issueBackupCodes(&context)
        context.record(.backupCodesGenerated, factor: factor, backupCodesLeft: codes.count)
        return Outcome(factor: factor, codes: codes)
    }

    public func remembered(_ outcome: Outcome) -> RememberedAnswer {
        var answer = RememberedAnswer()
        answer.factorID = outcome.factor.id
        answer.isSecret = true
        return answer
    }

    public func codesShown(_ outcome: Outcome) -> [String] { outcome.codes }

    public func recall(
        _ recollection: Recollection, from state: SubjectState
    ) throws(Refusal) -> Outcome {
        guard let id = recollection.answer.factorID, let factor = state.factor(id) else { throw .idempotentAnswerGone }
        return Outcome(factor: factor, codes: recollection.codes)
    }
}
