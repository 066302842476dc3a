/// Gives a factor another name.
public struct RenameFactor: FactorCommand {
    public let facts: CallFacts
    public let factorID: FactorID
    let name: String

    public init(facts: CallFacts, factorID: FactorID, name: String) {
        self.facts = facts
        self.factorID = factorID
        self.name = name
    }

    public func apply(to state: inout SubjectState, _ context: inout DecisionContext) throws(Refusal) -> Factor {
        let index = try state.factorIndex(factorID)
        if state.factors[index].name != name {
            state.factors[index].name = name
            context.record(.factorRenamed, factor: state.factors[index])
        }
        return state.factors[index]
    }
}
