/// Ends the trust in one device, or in all.
public struct ForgetDevice: SubjectCommand {
    public let facts: CallFacts
    /// Nil for all.
    let id: TrustedDeviceID?

    public init(facts: CallFacts, id: TrustedDeviceID?) {
        self.facts = facts
        self.id = id
    }

    /// - Returns: how many were forgotten.
    public func apply(to state: inout SubjectState, _ context: inout DecisionContext) throws(Refusal) -> Int {
        let before = state.trustedDevices.count
        state.trustedDevices.removeAll { id == nil || $0.id == id }
        let forgotten = before - state.trustedDevices.count
        if forgotten > 0 { context.record(.deviceForgotten) }
        return forgotten
    }

    public func remembered(_ outcome: Int) -> RememberedAnswer {
        var answer = RememberedAnswer()
        answer.count = outcome
        return answer
    }

    public func recall(_ recollection: Recollection, from state: SubjectState) throws(Refusal) -> Int {
        recollection.answer.count
    }
}
