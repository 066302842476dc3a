/// Stops an active factor from proving anything. Needs no proof: a lost device must be easy to report.
public struct SuspendFactor: FactorCommand {
    public let facts: CallFacts
    public let factorID: FactorID

    public init(facts: CallFacts, factorID: FactorID) {
        self.facts = facts
        self.factorID = factorID
    }

    public func apply(to state: inout SubjectState, _ context: inout DecisionContext) throws(Refusal) -> Factor {
        let index = try state.factorIndex(factorID)
        switch state.factors[index].state(at: context.now) {
        case .suspended: break
        case .active:
            let recipients = state.recipients(context)
            state.factors[index].suspend()
            state.tell(.init(.lossReported), to: recipients, &context)
            context.record(.factorSuspended, factor: state.factors[index])
        case .revoked, .expired: throw .factorEnded
        case .pendingActivation: throw .factorNotActive(.pendingActivation)
        }
        return state.factors[index]
    }
}
