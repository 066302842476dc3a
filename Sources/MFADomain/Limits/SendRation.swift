/// The claims that one message makes, in the order in which their refusal is told.
struct SendRation {
    /// A refusal, or what is left of the address's ration.
    enum Answer {
        case granted(sendsLeft: Int, resendAfterMilliseconds: Int64)
        case refused(SendLimit, retryAfterMilliseconds: Int64)
    }

    private let claims: [(limit: SendLimit, claim: BudgetClaim)]

    /// - Parameter isSent: false where the caller delivers by itself, at its own cost.
    init(to address: Address, caller: String, country: String, isSent: Bool, _ settings: SendingSettings) {
        func claim(
            _ limit: SendLimit, _ axis: BudgetCounter.Axis, _ name: String, _ ration: SendingSettings.Ration,
            amount: Int64 = 1
        ) -> (limit: SendLimit, claim: BudgetClaim) {
            (
                limit,
                BudgetClaim(
                    counter: BudgetCounter(axis, name), amount: amount, windowSeconds: ration.windowSeconds,
                    rule: .atMost(ration.limit))
            )
        }
        var claims = settings.perAddress.map { claim(.address, .address, address.mailbox, $0) }
        claims.append(claim(.subject, .subject, "", settings.perSubject))
        claims.append(claim(.caller, .caller, caller, settings.perCaller))
        if isSent, address.kind == .phone {
            let prefix = SendingSettings.prefix(of: address.value)
            claims.append(claim(.prefix, .prefix, prefix, settings.perPrefix))
            claims.append(claim(.country, .country, country, settings.perCountry))
            claims.append(
                (
                    .conversion,
                    BudgetClaim(
                        counter: BudgetCounter(.conversionSends, prefix),
                        windowSeconds: SendingSettings.conversionWindowSeconds,
                        rule: .share(
                            of: BudgetCounter(.conversionCompletions, prefix), percent: settings.conversionPercent,
                            minimum: settings.conversionMinimumSends))
                ))
            let cost = settings.costMicros(of: address.value)
            for ration in settings.money { claims.append(claim(.money, .money, "", ration, amount: cost)) }
        }
        self.claims = claims
    }

    /// Puts the claims into the decision and says what came of them.
    func claim(_ context: inout DecisionContext) -> Answer {
        guard let answers = context.claim(claims.map(\.claim)) else {
            return .granted(sendsLeft: 0, resendAfterMilliseconds: 0)
        }
        for (limit, claim) in claims where !answers[claim].isGranted {
            return .refused(limit, retryAfterMilliseconds: answers[claim].retryAfterMilliseconds)
        }
        let ofAddress = claims.filter { $0.limit == .address }.map { answers[$0.claim] }
        if claims.contains(where: { $0.limit == .money && answers[$0.claim].passesMoneyMark }) {
            context.hasPassedMoneyMark = true
        }
        return .granted(
            sendsLeft: Int(clamping: ofAddress.map(\.left).last ?? 0),
            resendAfterMilliseconds: ofAddress.map(\.retryAfterMilliseconds).max() ?? 0)
    }

    /// Counts a code that was sent and used, for the share that the breaker watches (CONTROLS row 25). Codes that
    /// callers deliver by themselves are not among the sends, so they must not hide what those are.
    static func countCompletion(
        of challenge: Challenge, to credential: AddressCredential, _ context: inout DecisionContext
    ) {
        guard credential.address.kind == .phone, challenge.messageID != nil else { return }
        _ = context.claim([
            BudgetClaim(
                counter: BudgetCounter(
                    .conversionCompletions, SendingSettings.prefix(of: credential.address.value)),
                windowSeconds: SendingSettings.conversionWindowSeconds, rule: .counted)
        ])
    }
}
