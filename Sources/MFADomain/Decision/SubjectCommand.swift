/// Something a caller wants of one subject.
public protocol SubjectCommand: Sendable {
    associatedtype Outcome: Sendable

    var facts: CallFacts { get }

    /// True when the subject is made if it does not exist.
    static var createsSubject: Bool { get }

    /// Changes the state and says what came of it. Pure; may be run again on a fresher state, so nothing outside
    /// may change. Recording an event in the context makes the change durable.
    func apply(to state: inout SubjectState, _ context: inout DecisionContext) throws(Refusal) -> Outcome

    /// What to keep of an outcome so that a retry gets it again, besides codes.
    func remembered(_ outcome: Outcome) -> RememberedAnswer

    /// The codes that an outcome shows this once; a retry may see them again for ten minutes.
    func codesShown(_ outcome: Outcome) -> [String]

    /// The outcome again, from what was kept of it.
    func recall(_ recollection: Recollection, from state: SubjectState) throws(Refusal) -> Outcome
}

extension SubjectCommand {
    public static var createsSubject: Bool { false }

    public func codesShown(_ outcome: Outcome) -> [String] { [] }
}
