/// Makes a TOTP factor that waits for its first code. Creates the subject if need be.
public struct StartEnrollment: SubjectCommand {
    public let facts: CallFacts
    let parameters: TOTPParameters
    let name: String
    let proof: VerificationID?

    public static var createsSubject: Bool { true }

    public init(facts: CallFacts, parameters: TOTPParameters, name: String, proof: VerificationID?) {
        self.facts = facts
        self.parameters = parameters
        self.name = name
        self.proof = proof
    }

    public struct Outcome: Sendable {
        public let factor: Factor
        public let credential: TOTPCredential
        /// The account name the caller gave to the subject; empty when none.
        public let accountName: String
    }

    public func apply(to state: inout SubjectState, _ context: inout DecisionContext) throws(Refusal) -> Outcome {
        state.settleEndedFactors(at: context.now)
        let binding = try state.checkMayBind(proof: proof, context)
        let live = state.factors.filter { !$0.isEnded(at: context.now) }
        guard live.count < DomainSettings.maxFactors else { throw .tooManyFactors }
        guard live.count(where: { $0.storedState == .pendingActivation }) < DomainSettings.maxPendingFactors else {
            throw .tooManyPendingFactors
        }
        let credential = TOTPCredential(
            secret: context.entropy.bytes(parameters.algorithm.secretByteCount), parameters: parameters)
        let factor = Factor(
            id: FactorID(entropy: &context.entropy), kind: .totp, state: .pendingActivation, name: name,
            createdAt: context.now, credential: .totp(credential), binding: binding)
        state.factors.append(factor)
        context.record(.enrollmentStarted, factor: factor)
        return Outcome(factor: factor, credential: credential, accountName: state.profile.accountName)
    }

    public func remembered(_ outcome: Outcome) -> RememberedAnswer {
        var answer = RememberedAnswer()
        answer.factorID = outcome.factor.id
        answer.isSecret = true
        return answer
    }

    public func recall(
        _ recollection: Recollection, from state: SubjectState
    ) throws(Refusal) -> Outcome {
        guard let id = recollection.answer.factorID, let factor = state.factor(id), let credential = factor.totp else {
            throw .idempotentAnswerGone
        }
        return Outcome(factor: factor, credential: credential, accountName: state.profile.accountName)
    }
}

extension SubjectState {
    /// A subject with something to lose must prove it before more is bound (CONTROLS row 73).
    func checkMayBind(proof: VerificationID?, _ context: DecisionContext) throws(Refusal) -> Binding {
        if context.facts.mayBindWithoutProof { return .waived }
        guard hasProtectedFactor else { return .first }
        return .proven(try checkProof(proof, at: context.now))
    }

    /// What a binding relied on must still hold when the factor becomes active: the owner may have gained a factor,
    /// or reported the proven one lost.
    func checkStillBound(_ binding: Binding, _ facts: CallFacts) throws(Refusal) {
        switch binding {
        case .waived: return
        case .first: if hasProtectedFactor, !facts.mayBindWithoutProof { throw .proofRequired }
        case .proven(let id): if factor(id)?.storedState != .active, !facts.mayBindWithoutProof { throw .proofStale }
        }
    }
}
