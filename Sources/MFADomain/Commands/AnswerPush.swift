/// A device's answer to a push challenge. Its signature is the proof; whoever relays it proves nothing.
public struct AnswerPush: SubjectCommand {
    public let facts: CallFacts
    /// The device's name as it was given to it, which it signs.
    let device: String
    let factorID: FactorID
    let challengeID: ChallengeID
    let decision: PushDecision
    /// What the person typed; empty unless approving.
    let number: String
    let signature: [UInt8]

    public init(
        facts: CallFacts, device: String, factorID: FactorID, challengeID: ChallengeID, decision: PushDecision,
        number: String, signature: [UInt8]
    ) {
        self.facts = facts
        self.device = device
        self.factorID = factorID
        self.challengeID = challengeID
        self.decision = decision
        self.number = number
        self.signature = signature
    }

    public struct Outcome: Sendable {
        public let verdict: Verdict
        public let challenge: Challenge
    }

    public func apply(to state: inout SubjectState, _ context: inout DecisionContext) throws(Refusal) -> Outcome {
        let factorIndex = try state.factorIndex(factorID)
        let found = state.factors[factorIndex].state(at: context.now)
        guard found == .active else { throw .factorNotActive(found) }
        guard var credential = state.factors[factorIndex].push else { throw .challengeNotFound }
        guard let index = state.challenges.firstIndex(where: { $0.id == challengeID && $0.factorID == factorID })
        else { throw .challengeNotFound }
        let challenge = state.challenges[index]
        // Over what this server asked, not over what the relay says was shown (CONTROLS row 32).
        let statement = PushStatement.answer(
            device: device, challengeID: challengeID, decision: decision, number: number, display: challenge.display,
            createdAt: challenge.createdAt, expiresAt: challenge.expiresAt)
        guard credential.verifies(signature, of: statement) else { throw .signatureInvalid }

        let verdict: Verdict
        switch challenge.storedState {
        case .approved, .denied: verdict = .replayed
        case .expired: verdict = .expired
        case .cancelled: verdict = .cancelled
        case .pending:
            switch decision {
            case .approve where OutOfBandCode.matches(number, challenge.code):
                state.challenges[index].approve()
                credential.refusals = 0
                verdict = .accepted
            case .approve:
                state.challenges[index].fail()
                verdict = state.challenges[index].storedState == .denied ? .denied : .wrongCode
            case .deny:
                state.challenges[index].deny(.user)
                verdict = .denied
            case .denyAsFraud:
                state.challenges[index].deny(.unknownTrigger)
                credential.isFraudReported = true
                verdict = .denied
            }
            if verdict == .denied { credential.refusals += 1 }
            state.factors[factorIndex].credential = .push(credential)
        }
        let isFraud = verdict == .denied && decision == .denyAsFraud
        context.record(isFraud ? .fraudReported : .pushAnswered, factor: state.factors[factorIndex], verdict: verdict)
        context.annotate { $0.challengeID = challengeID }
        return Outcome(verdict: verdict, challenge: state.challenges[index])
    }

    public func remembered(_ outcome: Outcome) -> RememberedAnswer { RememberedAnswer() }

    /// Never asked: a relayed answer has no idempotency key. The same answer again is REPLAYED.
    public func recall(_ recollection: Recollection, from state: SubjectState) throws(Refusal) -> Outcome {
        throw .idempotentAnswerGone
    }
}

extension SubjectState {
    /// What a device is to show now, for a request it signed.
    public func pendingPushes(
        device: String, factorID: FactorID, at requested: Timestamp, signature: [UInt8], now: Timestamp
    ) throws(Refusal) -> [Challenge] {
        guard let factor = factor(factorID), let credential = factor.push else { throw .factorNotFound }
        guard factor.state(at: now) == .active else { throw .factorNotActive(factor.state(at: now)) }
        guard credential.verifies(signature, of: .list(device: device, at: requested)) else {
            throw .signatureInvalid
        }
        guard
            now.isWithin(seconds: DomainSettings.deviceClockSeconds, after: requested)
                || requested.isWithin(seconds: DomainSettings.deviceClockSeconds, after: now)
        else { throw .requestStale }
        return challenges.filter { $0.factorID == factorID && $0.state(at: now) == .pending }
    }
}
