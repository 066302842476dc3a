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
        case .active, .suspended:
            try state.checkMayChange(proof: proof, context)
            try state.checkIsNotLast(factorID, context)
        case .pendingActivation: break
        }
        // Its own address is told too, while it is known; a device that is revoked is not woken any more.
        let recipients =
            state.factors[index].activatedAt == nil
            ? [] : state.recipients(context).filter { $0.factorID != factorID || $0.channel != .push }
        if let messageID = state.factors[index].temporaryAccessCode?.messageID { context.change(.remove(messageID)) }
        state.factors[index].end(as: .revoked)
        let factor = state.factors[index]
        state.tell(.init(.factorRemoved), to: recipients, &context)
        context.record(.factorRevoked, factor: factor)
        state.settleEndedFactors(at: context.now)
        return factor
    }
}

extension SubjectState {
    /// Whoever must have a factor cannot be left without one by ending it (CONTROLS row 76). An administrator can.
    fileprivate func checkIsNotLast(_ id: FactorID, _ context: DecisionContext) throws(Refusal) {
        guard !context.facts.mayAdminister, let factor = factor(id), factor.kind.isSecondFactor, mustHaveFactor(context)
        else { return }
        let isLast = !factors.contains { other in
            other.id != id && other.kind.isSecondFactor
                && (other.storedState == .active || other.storedState == .suspended)
        }
        if isLast { throw .lastFactor }
    }
}
