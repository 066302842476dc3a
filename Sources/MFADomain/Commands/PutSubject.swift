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
        // Where addresses change, the old ones are told too: whoever changed them may not be the person (CONTROLS row
        // 72).
        let before = state.profile
        let old = state.recipients(context)
        state.profile = profile
        state.profile.addressesChangedAt = before.addressesChangedAt
        state.startGrace(context)
        if before.addresses != profile.addresses {
            if state.hasProtectedFactor { state.profile.addressesChangedAt = context.now }
            let new = state.recipients(context).filter { !old.contains($0) }
            if !old.isEmpty { state.tell(.init(.addressesChanged), to: old + new, &context) }
        }
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
