extension SubjectState {
    /// Every live channel of the person: addresses and devices of ACTIVE factors, then addresses of the profile.
    func recipients(except excluded: FactorID? = nil, _ context: DecisionContext) -> [Recipient] {
        var recipients: [Recipient] = []
        let closed = excluded.flatMap { factor($0)?.address?.address.mailbox }
        func add(_ recipient: Recipient) {
            if let credential = recipient.credential {
                guard closed != credential.address.mailbox,
                    !recipients.contains(where: { $0.credential?.address.mailbox == credential.address.mailbox })
                else { return }
            }
            recipients.append(recipient)
        }
        for factor in factors where factor.id != excluded && factor.storedState == .active {
            if let credential = factor.address { add(Recipient(credential, of: factor.id)) }
            if let credential = factor.push, credential.isReachable { add(Recipient(credential, of: factor.id)) }
        }
        for credential in profile.addresses { add(Recipient(credential, of: nil)) }
        return recipients.filter { recipient in
            context.settings.channels.contains(recipient.channel)
                && (recipient.channel != .sms
                    || context.settings.sending.smsCountries.contains(recipient.credential?.country ?? ""))
        }
    }

    /// Tells the person what happened. By SMS only within the ration; the others cost nothing, and each tells of a
    /// change that was made.
    ///
    /// - Returns: who was told.
    @discardableResult
    func tell(
        _ notice: OutboxMessage.Notice, to recipients: [Recipient], _ context: inout DecisionContext
    ) -> [Recipient] {
        let numbers = recipients.filter { $0.channel == .sms }.compactMap(\.credential)
        let maySendSMS =
            numbers.isEmpty || NoticeRation(of: notice.kind, to: numbers, context.settings.sending).claim(&context)
        let told = recipients.filter { $0.channel != .sms || maySendSMS }
        for recipient in told {
            context.change(
                .add(
                    OutboxMessage(
                        id: MessageID(entropy: &context.entropy), channel: recipient.channel,
                        recipient: recipient.value, locale: profile.locale, content: .notice(notice),
                        factorID: recipient.factorID, challengeID: nil, createdAt: context.now,
                        expiresAt: context.now.adding(seconds: DomainSettings.noticeLifetimeSeconds))))
        }
        return told
    }
}
