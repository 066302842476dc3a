extension SubjectState {
    /// What the ration says to a code for an address.
    func ration(
        to credential: AddressCredential, _ delivery: CodeDelivery, _ context: inout DecisionContext
    ) throws(Refusal) -> SendRation.Answer {
        let sending = context.settings.sending
        var isSent = false
        if case .send = delivery { isSent = true }
        if isSent, !context.settings.channels.contains(credential.channel) {
            throw .channelNotConfigured(credential.channel)
        }
        if isSent, credential.address.kind == .phone, !sending.smsCountries.contains(credential.country) {
            throw .countryNotAllowed(credential.country)
        }
        return SendRation(
            to: credential.address, caller: context.facts.caller, country: credential.country, isSent: isSent, sending
        ).claim(&context)
    }

    /// Gives a challenge a new code, and the message that brings it. The code before, and its message, are dead.
    ///
    /// - Returns: the code, for a caller who delivers it by itself.
    mutating func issueCode(
        to credential: AddressCredential, in challenge: inout Challenge, _ delivery: CodeDelivery,
        _ context: inout DecisionContext
    ) -> String {
        let code = OutOfBandCode.make(digits: context.settings.outOfBandDigits, entropy: &context.entropy)
        challenge.code = code
        challenge.expiresAt = context.now.adding(seconds: context.settings.outOfBandLifetimeSeconds)
        challenge.messageID = nil
        challenge.deliveryState = nil
        guard case .send(let locale) = delivery else { return code }
        let message = OutboxMessage(
            id: MessageID(entropy: &context.entropy), channel: credential.channel,
            recipient: credential.address.value, locale: locale.isEmpty ? profile.locale : locale,
            content: .code(code), factorID: challenge.factorID, challengeID: challenge.id, createdAt: context.now,
            expiresAt: challenge.expiresAt)
        challenge.messageID = message.id
        challenge.deliveryState = .queued
        context.change(.add(message))
        return ""
    }
}
