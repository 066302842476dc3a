/// A person lost a device: what it proves stops to count at once (NIST SP 800-63B-4, section 4.3; CONTROLS row 79).
public struct ReportLost: SubjectCommand {
    /// Why the report is believed. One proof is enough, whichever.
    public enum Proof: Sendable {
        case verification(VerificationID)
        /// The caller checked who it is.
        case primary(PrimaryAuthentication)
        case none
    }

    public let facts: CallFacts
    /// Empty for everything that a telephone or a token holds.
    let factorIDs: [FactorID]
    let proof: Proof

    public init(facts: CallFacts, factorIDs: [FactorID], proof: Proof) {
        self.facts = facts
        self.factorIDs = factorIDs
        self.proof = proof
    }

    public struct Outcome: Sendable {
        /// What is suspended now of what was named.
        public let factors: [Factor]
        public let forgottenDevices: Int
    }

    public func apply(to state: inout SubjectState, _ context: inout DecisionContext) throws(Refusal) -> Outcome {
        switch proof {
        case .verification(let id): try state.checkProof(id, at: context.now)
        case .primary(let primary) where !primary.categories.isEmpty: break
        case .primary, .none: if !facts.mayAdminister { throw .proofRequired }
        }
        var indices: [Int] = []
        for id in factorIDs {
            let index = try state.factorIndex(id)
            if !indices.contains(index) { indices.append(index) }
        }
        if factorIDs.isEmpty { indices = state.factors.indices.filter { state.factors[$0].kind.isSecondFactor } }
        // What is lost is told too: whoever reports may not be the person.
        let recipients = state.recipients(context)
        var lost: Set<FactorID> = []
        var hasChanged = false
        for index in indices {
            switch state.factors[index].state(at: context.now) {
            case .active:
                state.factors[index].suspend()
                lost.insert(state.factors[index].id)
            case .pendingActivation: state.factors[index].end(as: .revoked)
            case .suspended, .revoked, .expired: continue
            }
            hasChanged = true
        }
        let before = state.trustedDevices.count
        state.trustedDevices.removeAll { lost.contains($0.factorID) }
        let suspended = indices.map { state.factors[$0] }.filter { $0.storedState == .suspended }
        let outcome = Outcome(factors: suspended, forgottenDevices: before - state.trustedDevices.count)
        guard hasChanged else { return outcome }
        state.tell(.init(.lossReported), to: recipients, &context)
        context.record(.lossReported)
        return outcome
    }

    public func remembered(_ outcome: Outcome) -> RememberedAnswer {
        var answer = RememberedAnswer()
        answer.count = outcome.forgottenDevices
        return answer
    }

    public func recall(_ recollection: Recollection, from state: SubjectState) throws(Refusal) -> Outcome {
        let named = state.factors.filter { factorIDs.isEmpty ? $0.kind.isSecondFactor : factorIDs.contains($0.id) }
        return Outcome(
            factors: named.filter { $0.storedState == .suspended }, forgottenDevices: recollection.answer.count)
    }
}
