/// Notes what became of an attempt to deliver a message, and whether there is another.
public struct RecordDelivery: SubjectCommand {
    /// How handing over went.
    public enum Result: Sendable, Hashable {
        case accepted
        /// Certainly not sent. Tried again while the message is worth it, not before this wait where one is named.
        case failed(retryAfterMilliseconds: Int64?)
        /// Certainly not sent; the next provider was asked at once.
        case passedOn
        /// The provider will never take it.
        case refused
        /// May have been sent. Not tried again: that could bring two codes, and cost twice (CONTROLS row 28).
        case unknown
        /// The channel no longer knows the device.
        case recipientGone
    }

    public let facts: CallFacts
    let message: OutboxMessage
    let result: Result
    /// With a state that this command replaces.
    let attempt: DeliveryAttempt

    public init(facts: CallFacts, message: OutboxMessage, result: Result, attempt: DeliveryAttempt) {
        self.facts = facts
        self.message = message
        self.result = result
        self.attempt = attempt
    }

    public func apply(to state: inout SubjectState, _ context: inout DecisionContext) throws(Refusal) -> DeliveryState {
        let outcome = settle(at: context.now)
        switch outcome {
        case .asBefore: break
        case .queued(let until): context.change(.postpone(message.id, until: until))
        case .ended: context.change(.remove(message.id))
        }
        // A provider's later word may have come before ours; it stands.
        if let index = state.challenges.firstIndex(where: { $0.messageID == message.id && $0.deliveryState == .queued })
        {
            state.challenges[index].deliveryState = outcome.state
        }
        if case .recipientGone = result, let index = state.factors.firstIndex(where: { $0.id == message.factorID }),
            case .push(var credential) = state.factors[index].credential, credential.token == message.recipient
        {
            credential.isUnreachable = true
            credential.token = ""
            state.factors[index].credential = .push(credential)
        }
        context.record(.messageDelivery, factor: message.factorID.flatMap { state.factor($0) })
        context.annotate {
            $0.challengeID = message.challengeID
            $0.delivery = DeliveryAttempt(
                state: outcome.state, provider: attempt.provider, providerMessageID: attempt.providerMessageID,
                costMicros: attempt.costMicros, number: attempt.number, reason: attempt.reason)
        }
        return outcome.state
    }

    private enum Settlement {
        case ended(DeliveryState)
        case queued(until: Timestamp)
        case asBefore

        var state: DeliveryState {
            switch self {
            case .ended(let state): state
            case .queued, .asBefore: .queued
            }
        }
    }

    private func settle(at now: Timestamp) -> Settlement {
        switch result {
        case .accepted: return .ended(.accepted)
        case .passedOn: return .asBefore
        case .unknown: return .ended(.unknown)
        case .refused, .recipientGone: return .ended(.failed)
        case .failed(let retryAfterMilliseconds):
            let delays = DomainSettings.deliveryDelaysSeconds
            let delay = delays[min(max(0, attempt.number - 1), delays.count - 1)] * 1000
            let wait = max(delay, min(retryAfterMilliseconds ?? 0, 86_400_000))
            let next = Timestamp(milliseconds: now.milliseconds &+ wait)
            return next < message.expiresAt ? .queued(until: next) : .ended(.failed)
        }
    }

    public func remembered(_ outcome: DeliveryState) -> RememberedAnswer { RememberedAnswer() }

    public func recall(_ recollection: Recollection, from state: SubjectState) throws(Refusal) -> DeliveryState {
        throw .idempotentAnswerGone
    }
}
