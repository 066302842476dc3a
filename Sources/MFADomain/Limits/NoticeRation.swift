/// The claims of the notices that one decision sends by SMS: they cost what codes cost, and whoever may change their own
/// factors can cause as many as they like.
struct NoticeRation {
    private var claims: [BudgetClaim] = []

    init(of kind: OutboxMessage.Notice.Kind, to addresses: [AddressCredential], _ settings: SendingSettings) {
        for credential in addresses {
            let number = credential.address.value
            // On counters of their own: codes must not use up what tells of an attack, nor other notices what tells of
            // a recovery.
            add(.address, (kind.isOfRecovery ? "recovery " : "notice ") + number, settings.noticesPerAddress)
            add(.prefix, SendingSettings.prefix(of: number), settings.perPrefix)
            add(.country, credential.country, settings.perCountry)
            for ration in settings.money { add(.money, "", ration, amount: settings.costMicros(of: number)) }
        }
    }

    /// What several notices want of one counter is one claim: each for itself may fit where all do not.
    private mutating func add(
        _ axis: BudgetCounter.Axis, _ name: String, _ ration: SendingSettings.Ration, amount: Int64 = 1
    ) {
        let counter = BudgetCounter(axis, name)
        let earlier = claims.firstIndex { $0.counter == counter && $0.windowSeconds == ration.windowSeconds }
        let wanted = earlier.map { claims.remove(at: $0).amount } ?? 0
        claims.append(
            BudgetClaim(
                counter: counter, amount: wanted + amount, windowSeconds: ration.windowSeconds,
                rule: .atMost(ration.limit)))
    }

    /// Puts the claims into the decision.
    ///
    /// - Returns: whether all may be sent.
    func claim(_ context: inout DecisionContext) -> Bool {
        guard let answers = context.claim(claims) else { return true }
        guard answers.grant(claims) else { return false }
        if claims.contains(where: { $0.counter.axis == .money && answers[$0].passesMoneyMark }) {
            context.hasPassedMoneyMark = true
        }
        return true
    }
}
