/// Asks a person through an active factor, or sends another code for a challenge that is open.
public struct StartChallenge: SubjectCommand {
    public enum Target: Sendable, Hashable {
        case factor(FactorID)
        /// The active factor of the kind that was last used, of those that may be used already.
        case kind(FactorKind)
        /// A challenge whose code is replaced; its tries stay as they are (CONTROLS row 21).
        case resend(ChallengeID)
    }

    public let facts: CallFacts
    let target: Target
    let delivery: CodeDelivery
    let display: Challenge.Display

    public init(facts: CallFacts, target: Target, delivery: CodeDelivery, display: Challenge.Display) {
        self.facts = facts
        self.target = target
        self.delivery = delivery
        self.display = display
    }

    public struct Outcome: Sendable {
        /// Nil when the challenge started; else why not: locked or rate-limited.
        public let verdict: Verdict?
        public let challenge: Challenge?
        /// The code for a caller who delivers it by itself, or the number to match; empty otherwise.
        public let code: String
        public let refusal: SendRefusal?
        public let sendsLeft: Int
        public let resendAfterMilliseconds: Int64
        /// Other kinds that the subject could use.
        public let alternatives: [FactorKind]

        /// The code for a caller who delivers it; empty for a push.
        public var returnedCode: String { challenge?.kind == .push ? "" : code }
        /// What the person types on the device; empty for a code.
        public var numberToMatch: String { challenge?.kind == .push ? code : "" }
    }

    public func apply(to state: inout SubjectState, _ context: inout DecisionContext) throws(Refusal) -> Outcome {
        let (index, resent) = try find(in: state, context)
        let factor = state.factors[index]
        if factor.budget.isLocked {
            context.record(.challengeStarted, factor: factor, verdict: .locked)
            return negative(.locked, nil, factor, state)
        }
        switch factor.credential {
        case .address(let credential):
            return try send(to: credential, of: factor, resending: resent, &state, &context)
        case .push(let credential):
            return ask(credential, of: factor, &state, &context)
        case .totp, .hotp, .backupCodes, .temporaryAccessCode, nil:
            throw .nothingToSend(factor.kind)
        }
    }

    private func find(
        in state: SubjectState, _ context: DecisionContext
    ) throws(Refusal) -> (factor: Int, resent: Int?) {
        switch target {
        case .resend(let id):
            let challenge = try state.challengeIndex(id, of: facts.caller)
            guard state.challenges[challenge].storedState == .pending else { throw .challengeEnded }
            guard state.challenges[challenge].kind != .push else { throw .nothingToSend(.push) }
            return (try state.factorIndex(state.challenges[challenge].factorID), challenge)
        case .factor(let id):
            let index = try state.factorIndex(id)
            let found = state.factors[index].state(at: context.now)
            // A code that activates a factor may be asked for again; a device is paired, not asked.
            let isActivation = found == .pendingActivation && state.factors[index].address != nil
            guard found == .active || isActivation else { throw .factorNotActive(found) }
            let open = isActivation ? state.openChallengeIndex(of: id) : nil
            // Another caller's is not continued but replaced: its id and its code are that caller's alone.
            return (index, open.flatMap { state.challenges[$0].caller == facts.caller ? $0 : nil })
        case .kind(let kind):
            guard kind.channel != nil else { throw .nothingToSend(kind) }
            let active = state.factors.indices.filter {
                state.factors[$0].kind == kind && state.factors[$0].storedState == .active
            }
            // A new address that may not be used yet must not stand in the way of the one that may.
            let usable = active.filter { index in
                state.factors[index].usableFrom.map { context.now >= $0 } ?? true
            }
            let latest = (usable.isEmpty ? active : usable).max {
                (state.factors[$0].lastUsedAt?.milliseconds ?? 0) < (state.factors[$1].lastUsedAt?.milliseconds ?? 0)
            }
            guard let latest else { throw .noActiveFactor(kind) }
            return (latest, nil)
        }
    }

    private func send(
        to credential: AddressCredential, of factor: Factor, resending resent: Int?, _ state: inout SubjectState,
        _ context: inout DecisionContext
    ) throws(Refusal) -> Outcome {
        if let usableFrom = factor.usableFrom, context.now < usableFrom {
            let wait = usableFrom.millisecondsSince(context.now)
            return ration(SendRefusal(limit: .coolingDown, retryAfterMilliseconds: wait), factor, state, &context)
        }
        switch try state.ration(to: credential, delivery, &context) {
        case .refused(let limit, let retryAfterMilliseconds):
            return ration(
                SendRefusal(limit: limit, retryAfterMilliseconds: retryAfterMilliseconds), factor, state, &context)
        case .granted(let sendsLeft, let resendAfterMilliseconds):
            var challenge =
                resent.map { state.challenges[$0] }
                ?? Challenge(
                    id: ChallengeID(entropy: &context.entropy), factorID: factor.id, kind: factor.kind,
                    caller: facts.caller, createdAt: context.now, expiresAt: context.now, code: "", display: display)
            let code = state.issueCode(to: credential, in: &challenge, delivery, &context)
            if let resent { state.challenges[resent] = challenge } else { state.add(challenge) }
            context.record(.challengeStarted, factor: factor)
            context.annotate { $0.challengeID = challenge.id }
            return Outcome(
                verdict: nil, challenge: challenge, code: code, refusal: nil, sendsLeft: sendsLeft,
                resendAfterMilliseconds: resendAfterMilliseconds, alternatives: [])
        }
    }

    private func ask(
        _ credential: PushCredential, of factor: Factor, _ state: inout SubjectState,
        _ context: inout DecisionContext
    ) -> Outcome {
        if let open = state.openChallengeIndex(of: factor.id) {
            let wait = state.challenges[open].expiresAt.millisecondsSince(context.now)
            return ration(SendRefusal(limit: .outstanding, retryAfterMilliseconds: wait), factor, state, &context)
        }
        if credential.isPaused {
            return ration(SendRefusal(limit: .paused, retryAfterMilliseconds: 0), factor, state, &context)
        }
        let number = OutOfBandCode.make(digits: context.settings.pushNumberDigits, entropy: &context.entropy)
        var challenge = Challenge(
            id: ChallengeID(entropy: &context.entropy), factorID: factor.id, kind: .push, caller: facts.caller,
            createdAt: context.now, expiresAt: context.now.adding(seconds: context.settings.pushLifetimeSeconds),
            code: number, display: display)
        if credential.isReachable, context.settings.channels.contains(.push) {
            let message = OutboxMessage(
                id: MessageID(entropy: &context.entropy), channel: .push, recipient: credential.token,
                locale: state.profile.locale, content: .pushChallenge, factorID: factor.id, challengeID: challenge.id,
                createdAt: context.now, expiresAt: challenge.expiresAt)
            challenge.messageID = message.id
            challenge.deliveryState = .queued
            context.change(.add(message))
        }
        state.add(challenge)
        context.record(.challengeStarted, factor: factor)
        context.annotate { $0.challengeID = challenge.id }
        return Outcome(
            verdict: nil, challenge: challenge, code: number, refusal: nil, sendsLeft: 0, resendAfterMilliseconds: 0,
            alternatives: [])
    }

    private func ration(
        _ refusal: SendRefusal, _ factor: Factor, _ state: SubjectState, _ context: inout DecisionContext
    ) -> Outcome {
        context.record(.challengeStarted, factor: factor, verdict: .rateLimited)
        context.annotate { $0.limit = refusal.limit }
        return negative(.rateLimited, refusal, factor, state)
    }

    private func negative(
        _ verdict: Verdict, _ refusal: SendRefusal?, _ factor: Factor, _ state: SubjectState
    ) -> Outcome {
        Outcome(
            verdict: verdict, challenge: nil, code: "", refusal: refusal, sendsLeft: 0, resendAfterMilliseconds: 0,
            alternatives: state.alternatives(to: factor))
    }

    public func remembered(_ outcome: Outcome) -> RememberedAnswer {
        var answer = RememberedAnswer()
        answer.verdict = outcome.verdict
        answer.challengeID = outcome.challenge?.id
        answer.sendRefusal = outcome.refusal
        answer.sendsLeft = outcome.sendsLeft
        answer.resendAfterMilliseconds = outcome.resendAfterMilliseconds
        answer.isSecret = !outcome.code.isEmpty
        return answer
    }

    public func codesShown(_ outcome: Outcome) -> [String] { outcome.code.isEmpty ? [] : [outcome.code] }

    public func recall(
        _ recollection: Recollection, from state: SubjectState
    ) throws(Refusal) -> Outcome {
        let answer = recollection.answer
        let challenge = answer.challengeID.flatMap { state.challenge($0) }
        guard answer.verdict != nil || challenge != nil else { throw .idempotentAnswerGone }
        return Outcome(
            verdict: answer.verdict, challenge: challenge, code: recollection.codes.first ?? "",
            refusal: answer.sendRefusal,
            sendsLeft: answer.sendsLeft, resendAfterMilliseconds: answer.resendAfterMilliseconds, alternatives: [])
    }
}

extension SubjectState {
    /// Kinds of other active factors that are not locked, in the order in which they were enrolled.
    func alternatives(to factor: Factor) -> [FactorKind] {
        var kinds: [FactorKind] = []
        for other in factors
        where other.id != factor.id && other.storedState == .active && !other.budget.isLocked
            && !kinds.contains(other.kind)
        { kinds.append(other.kind) }
        return kinds
    }
}
