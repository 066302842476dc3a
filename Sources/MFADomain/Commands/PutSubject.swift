/// Creates a subject, or replaces what the caller said of it.
public struct PutSubject: SubjectCommand {
    public let facts: CallFacts
    let profile: Profile

    public static var createsSubject: Bool { true }

    public init(facts: CallFacts, profile: Profile) {
        self.facts = facts
        self.profile = profile
    }

    public func apply(to state: inout SubjectState, _ context: inout DecisionContext) throws(Refusal) -> SubjectState {
        state.profile = profile
        state.startGrace(context)
        context.record(.subjectPut)
        return state
    }

    public func remembered(_ outcome: SubjectState) -> RememberedAnswer {
        RememberedAnswer()
    }

    public func recall(
        _ recollection: Recollection, from state: SubjectState
    ) throws(Refusal) -> SubjectState {
        state
    }
}
