/// Remembers the device of a person who just proved a factor, so that a prompt may be skipped on it.
public struct TrustDevice: SubjectCommand {
    public let facts: CallFacts
    let proof: VerificationID?
    let name: String
    let signals: Signals

    public init(facts: CallFacts, proof: VerificationID?, name: String, signals: Signals) {
        self.facts = facts
        self.proof = proof
        self.name = name
        self.signals = signals
    }

    public struct Outcome: Sendable, Hashable {
        public let device: TrustedDevice
        /// For the device to keep. Shown this once.
        public let token: String
    }

    public func apply(to state: inout SubjectState, _ context: inout DecisionContext) throws(Refusal) -> Outcome {
        let rules = state.rules(context)
        guard rules.rememberedDeviceSeconds > 0 else { throw .devicesNotRemembered }
        let factorID = try state.checkProof(proof, at: context.now).factorID
        // What could not answer a prompt must not stand for one.
        guard let factor = state.factor(factorID), rules.kinds.contains(factor.kind), rules.canSatisfy(factor.kind)
        else { throw .proofStale }
        let device = TrustedDevice(
            id: TrustedDeviceID(entropy: &context.entropy), name: name, factorID: factorID, createdAt: context.now,
            expiresAt: context.now.adding(seconds: rules.rememberedDeviceSeconds),
            agent: state.agentDigest(signals, context), lastUsedAt: context.now, generation: 1)
        state.remember(signals, context)
        state.trustedDevices.append(device)
        if state.trustedDevices.count > rules.maxRememberedDevices { state.trustedDevices.removeFirst() }
        context.record(.deviceTrusted, factor: factor)
        return Outcome(
            device: device, token: TrustedDeviceToken.make(device, for: state.pseudonym, context.lookupSecrets))
    }

    public func remembered(_ outcome: Outcome) -> RememberedAnswer {
        var answer = RememberedAnswer()
        answer.trustedDeviceID = outcome.device.id
        answer.isSecret = true
        return answer
    }

    public func codesShown(_ outcome: Outcome) -> [String] { [outcome.token] }

    public func recall(_ recollection: Recollection, from state: SubjectState) throws(Refusal) -> Outcome {
        guard let id = recollection.answer.trustedDeviceID, let token = recollection.codes.first,
            let device = state.trustedDevices.first(where: { $0.id == id })
        else { throw .idempotentAnswerGone }
        return Outcome(device: device, token: token)
    }
}
