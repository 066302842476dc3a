/// Ends a factor for good and wipes its secret.
public struct RevokeFactor: FactorCommand {
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
        case .revoked, .expired: return state.factors[index]
        case .active, .suspended: try state.checkMayChange(proof: proof, context)
        case .pendingActivation: break
        }
        state.factors[index].end(as: .revoked)
        let factor = state.factors[index]
        context.record(.factorRevoked, factor: factor)
        state.settleEndedFactors(at: context.now)
        return factor
    }
}
