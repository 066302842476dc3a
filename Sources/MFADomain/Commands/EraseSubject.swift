/// Removes everything known of a subject but its version. The audit then points to nobody.
public struct EraseSubject: SubjectCommand {
    public let facts: CallFacts

    public init(facts: CallFacts) {
        self.facts = facts
    }

    public func apply(to state: inout SubjectState, _ context: inout DecisionContext) throws(Refusal) {
        context.record(.subjectErased)
    }

    public func remembered(_ outcome: Void) -> RememberedAnswer {
        RememberedAnswer()
    }

    public func recall(_ recollection: Recollection, from state: SubjectState) {}
}
