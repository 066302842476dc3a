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
        let old = state.profile.addresses.isEmpty ? [] : state.recipients(context)
        let hasChanged = state.profile.addresses != profile.addresses
        state.profile = profile
        state.startGrace(context)
        var moneyAlarm = false
        if hasChanged, !old.isEmpty {
            let new = state.recipients(context).filter { !old.contains($0) }
            moneyAlarm = state.tell(.init(.addressesChanged), to: old + new, &context).moneyAlarm
        }
        context.record(.subjectPut)
        context.annotate { $0.moneyAlarm = moneyAlarm }
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
