/// Notes a provider's later word on a message it took. Told twice, or too late, it changes nothing.
public struct RecordReceipt: SubjectCommand {
    public let facts: CallFacts
    let messageID: MessageID
    let isDelivered: Bool

    public init(facts: CallFacts, messageID: MessageID, isDelivered: Bool) {
        self.facts = facts
        self.messageID = messageID
        self.isDelivered = isDelivered
    }

    public func apply(to state: inout SubjectState, _ context: inout DecisionContext) throws(Refusal) {
        guard let index = state.challenges.firstIndex(where: { $0.messageID == messageID }) else {
            throw .challengeNotFound
        }
        let challenge = state.challenges[index]
        // Delivered is the last word: failure reported after it is out of order.
        let next: DeliveryState = isDelivered ? .delivered : .failed
        switch challenge.deliveryState {
        case .accepted, .unknown: break
        // The provider has it, and whoever handed it over did not come to say so: it must not go out twice.
        case .queued: context.change(.remove(messageID))
        case .failed where isDelivered: break
        case .delivered, .failed, nil: return
        }
        state.challenges[index].deliveryState = next
        context.record(.messageDelivery, factor: state.factor(challenge.factorID))
        context.annotate {
            $0.challengeID = challenge.id
            $0.delivery = DeliveryAttempt(
                state: next, provider: "", providerMessageID: "", costMicros: 0, number: 0, reason: "RECEIPT")
        }
    }

    public func remembered(_ outcome: Void) -> RememberedAnswer { RememberedAnswer() }

    public func recall(_ recollection: Recollection, from state: SubjectState) {}
}
