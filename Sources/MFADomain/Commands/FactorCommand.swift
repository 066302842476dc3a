/// A command about one existing factor that answers with the factor as it is afterwards.
public protocol FactorCommand: SubjectCommand where Outcome == Factor {
    var factorID: FactorID { get }
}

extension FactorCommand {
    public func remembered(_ outcome: Factor) -> RememberedAnswer {
        var answer = RememberedAnswer()
        answer.factorID = outcome.id
        return answer
    }

    public func recall(
        _ answer: RememberedAnswer, from state: SubjectState, _ context: DecisionContext
    ) throws(Refusal) -> Factor {
        state.factors[try state.factorIndex(factorID)]
    }
}
