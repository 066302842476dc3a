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
        _ recollection: Recollection, from state: SubjectState
    ) throws(Refusal) -> Factor {
        state.factors[try state.factorIndex(factorID)]
    }
}
