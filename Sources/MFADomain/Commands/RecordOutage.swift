/// Notes that a subject was let through while nothing could be read or written.
public struct RecordOutage: SubjectCommand {
    public let facts: CallFacts

    public init(facts: CallFacts) {
        self.facts = facts
    }

    public func apply(to state: inout SubjectState, _ context: inout DecisionContext) throws(Refusal) {
        context.record(.allowedInOutage)
    }

    public func remembered(_ outcome: Void) -> RememberedAnswer { RememberedAnswer() }

    public func recall(_ recollection: Recollection, from state: SubjectState) {}
}
