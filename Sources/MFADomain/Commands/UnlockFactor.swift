/// Takes the lock off a factor, forgets its failures, and lets a paused device be asked again.
public struct UnlockFactor: FactorCommand {
    public let facts: CallFacts
    public let factorID: FactorID

    public init(facts: CallFacts, factorID: FactorID) {
        self.facts = facts
        self.factorID = factorID
    }

    public func apply(to state: inout SubjectState, _ context: inout DecisionContext) throws(Refusal) -> Factor {
        let index = try state.factorIndex(factorID)
        guard !state.factors[index].isEnded(at: context.now) else { throw .factorEnded }
        var wasHeld = state.factors[index].budget != FailureBudget()
        state.factors[index].budget = FailureBudget()
        if case .push(var credential) = state.factors[index].credential,
            credential.refusals > 0 || credential.isFraudReported
        {
            credential.refusals = 0
            credential.isFraudReported = false
            state.factors[index].credential = .push(credential)
            wasHeld = true
        }
        if wasHeld { context.record(.factorUnlocked, factor: state.factors[index]) }
        return state.factors[index]
    }
}
