/// Takes the lock off a factor and forgets its failures.
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
        if state.factors[index].budget != FailureBudget() {
            state.factors[index].budget = FailureBudget()
            context.record(.factorUnlocked, factor: state.factors[index])
        }
        return state.factors[index]
    }
}
