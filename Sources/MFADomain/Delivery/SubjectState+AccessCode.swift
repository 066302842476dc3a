/// How an access code reaches a person: nothing about it is for an operator's eyes (CONTROLS row 75).
public enum AccessCodeDelivery: Sendable, Hashable {
    /// To an address of this kind; nil for e-mail where there is one, else a telephone.
    case send(Address.Kind?)
    /// The caller hands it over.
    case returnCode
}

/// What became of sending one.
enum AccessCodeSending {
    /// In the outbox, or given to the caller.
    case made(messageID: MessageID?, returned: String, sentTo: String, moneyAlarm: Bool)
    case refused(SendRefusal)
}

extension SubjectState {
    /// The address an access code goes to: one that the person proved, else one of the profile.
    func accessCodeAddress(_ delivery: AccessCodeDelivery, _ context: DecisionContext) throws(Refusal) -> Recipient? {
        guard case .send(let kind) = delivery else { return nil }
        let addresses = recipients(context).filter { $0.credential != nil }
        let wanted: [Address.Kind] = kind.map { [$0] } ?? [.email, .phone]
        for kind in wanted {
            if let found = addresses.first(where: { $0.credential?.address.kind == kind }) { return found }
        }
        throw .noAddress
    }

    /// Sends a code, or gives it to the caller.
    ///
    /// - Parameter dueAt: not before.
    func send(
        _ code: BackupCode, to recipient: Recipient?, dueAt: Timestamp, expiresAt: Timestamp,
        _ context: inout DecisionContext
    ) throws(Refusal) -> AccessCodeSending {
        guard let recipient, let credential = recipient.credential else {
            return .made(messageID: nil, returned: code.text, sentTo: "", moneyAlarm: false)
        }
        switch try ration(to: credential, .send(locale: ""), &context) {
        case .refused(let limit, let retryAfterMilliseconds):
            return .refused(SendRefusal(limit: limit, retryAfterMilliseconds: retryAfterMilliseconds))
        case .granted(_, _, let moneyAlarm):
            let message = OutboxMessage(
                id: MessageID(entropy: &context.entropy), channel: recipient.channel, recipient: recipient.value,
                locale: profile.locale, content: .accessCode(code.text), factorID: recipient.factorID,
                challengeID: nil, createdAt: dueAt, expiresAt: expiresAt)
            context.change(.add(message))
            if dueAt > context.now { context.change(.postpone(message.id, until: dueAt)) }
            return .made(messageID: message.id, returned: "", sentTo: recipient.shown, moneyAlarm: moneyAlarm)
        }
    }
}
