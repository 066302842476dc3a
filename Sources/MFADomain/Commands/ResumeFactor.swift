/// Brings a suspended factor back, for someone who proved another one or for an administrator.
public struct ResumeFactor: FactorCommand {
    public let facts: CallFacts
    public let factorID: FactorID
    let proof: VerificationID?

    public init(facts: CallFacts, factorID: FactorID, proof: VerificationID?) {
        self.facts = facts
        self.factorID = factorID
        self.proof = proof
    }

    public func apply(to state: inout SubjectState, _ context: inout DecisionContext) throws(Refusal) -> Factor {
        let index = try state.factorIndex(factorID)
        switch state.factors[index].state(at: context.now) {
        case .active: break
        case .suspended:
            try state.checkMayChange(proof: proof, context)
            state.factors[index].resume()
            state.tell(.init(.factorResumed), to: state.recipients(context), &context)
            context.record(.factorResumed, factor: state.factors[index])
        case .revoked, .expired: throw .factorEnded
        case .pendingActivation: throw .factorNotActive(.pendingActivation)
        }
        return state.factors[index]
    }
}

extension SubjectState {
    /// Guards changes that would let someone get around the proof that binding needs: resuming a factor reported
    /// lost, or revoking the ones that stand in the way.
    func checkMayChange(proof: VerificationID?, _ context: DecisionContext) throws(Refusal) {
        if context.facts.mayAdminister || context.facts.mayBindWithoutProof { return }
        try checkIsStrong(try checkProof(proof, at: context.now), context)
    }
}
