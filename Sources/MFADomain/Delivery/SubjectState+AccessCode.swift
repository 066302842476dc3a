extension SubjectState {
    /// The address an access code goes to: one that the person proved, else one of the profile. Not one that a suspended
    /// factor has, which somebody else may hold by now, nor one that is too new (CONTROLS row 27).
    func accessCodeAddress(_ delivery: AccessCodeDelivery, _ context: DecisionContext) throws(Refusal) -> Recipient? {
        guard case .send(let kind) = delivery else { return nil }
        let held = factors.filter { $0.storedState == .suspended }.compactMap { $0.address?.address.mailbox }
        let isProfileNew =
            profile.addressesChangedAt.map {
                !context.now.isPast(seconds: context.settings.addressCooldownSeconds, after: $0)
            } ?? false
        let addresses = recipients(context).filter { recipient in
            guard let credential = recipient.credential, !held.contains(credential.address.mailbox) else {
                return false
            }
            guard let id = recipient.factorID else { return !isProfileNew }
            return factor(id)?.usableFrom.map { context.now >= $0 } ?? true
        }
        let wanted: [Address.Kind] = kind.map { [$0] } ?? [.email, .phone]
        for isProven in [true, false] {
            for kind in wanted {
                let found = addresses.first {
                    ($0.factorID != nil) == isProven && $0.credential?.address.kind == kind
                }
                if let found { return found }
            }
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
            return .made(messageID: nil, returned: code.text, sentTo: "")
        }
        switch try ration(to: credential, .send(locale: ""), &context) {
        case .refused(let limit, let retryAfterMilliseconds):
            return .refused(SendRefusal(limit: limit, retryAfterMilliseconds: retryAfterMilliseconds))
        case .granted:
            // A message is due when it was created.
            let message = OutboxMessage(
                id: MessageID(entropy: &context.entropy), channel: recipient.channel, recipient: recipient.value,
                locale: profile.locale, content: .accessCode(code.text), factorID: recipient.factorID,
                challengeID: nil, createdAt: dueAt, expiresAt: expiresAt)
            context.change(.add(message))
            return .made(messageID: message.id, returned: "", sentTo: recipient.shown)
        }
    }

    /// What operators may do for one person in a day, each with a word to them.
    func claimOperatorAct(_ name: String, _ context: inout DecisionContext) throws(Refusal) {
        let claim = BudgetClaim(
            counter: BudgetCounter(.subject, name), windowSeconds: 86_400,
            rule: .atMost(DomainSettings.maxOperatorActsPerDay))
        if let answers = context.claim([claim]), !answers.grant([claim]) { throw .tooManyOperatorActs }
    }
}
