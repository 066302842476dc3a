/// Checks one proof and spends it.
public struct Verify: SubjectCommand {
    /// What to check against.
    public enum Target: Sendable, Hashable {
        case factor(FactorID)
        /// Every active factor of the kind is tried; a miss is charged to each.
        case kind(FactorKind)
        /// The factor that was asked by a challenge of this caller's.
        case challenge(ChallengeID)
    }

    public let facts: CallFacts
    let target: Target
    /// Empty for a push challenge.
    let code: String
    let primary: PrimaryAuthentication?
    /// What the proof is for; empty for nothing in particular.
    let action: String
    let signals: Signals

    public init(
        facts: CallFacts, target: Target, code: String, primary: PrimaryAuthentication? = nil, action: String = "",
        signals: Signals = Signals()
    ) {
        self.facts = facts
        self.target = target
        self.code = code
        self.primary = primary
        self.action = action
        self.signals = signals
    }

    public struct Outcome: Sendable, Hashable {
        public let verdict: Verdict
        public let factorID: FactorID
        public let factorKind: FactorKind
        public let verificationID: VerificationID?
        public let attemptsLeft: Int
        public let retryAfterMilliseconds: Int64
        public let backupCodesLeft: Int
        public let at: Timestamp
        /// What was proven, with the primary authentication that came with it. Nil unless accepted.
        public let assurance: Assurance?
        public let challengeID: ChallengeID?
    }

    public func apply(to state: inout SubjectState, _ context: inout DecisionContext) throws(Refusal) -> Outcome {
        if case .challenge(let id) = target { return try verify(id, in: &state, &context) }
        if code.isEmpty { throw .codeRequired }
        let candidates = try candidates(in: state, context)
        var misses: [(index: Int, verdict: Verdict, challenge: ChallengeID?)] = []
        var blocked: (verdict: Verdict, index: Int)?
        /// A factor that no code of could be looked at, for want of a challenge.
        var unasked: (verdict: Verdict, index: Int, challenge: ChallengeID?)?
        for index in candidates {
            state.factors[index].budget.noticeClock(context.now)
            switch state.factors[index].budget.status(at: context.now, context.settings) {
            case .locked:
                blocked = blocked ?? (.locked, index)
            case .delayed:
                if blocked?.verdict != .rateLimited { blocked = (.rateLimited, index) }
            case .open:
                if state.factors[index].kind == .backupCodes, state.backupCodeWaitMilliseconds(context) > 0 {
                    blocked = (.rateLimited, index)
                } else if state.factors[index].kind.channel != nil {
                    let (verdict, challenge) = checkOpenChallenge(of: index, in: &state, &context)
                    if verdict == .accepted { return accept(index, challenge, &state, &context) }
                    let isMiss = verdict == .wrongCode || verdict == .replayed
                    if isMiss {
                        misses.append((index, verdict, challenge))
                    } else {
                        unasked = (verdict, index, challenge)
                    }
                } else {
                    let verdict = check(&state.factors[index], state.pseudonym, context)
                    if verdict == .accepted { return accept(index, nil, &state, &context) }
                    misses.append((index, verdict, nil))
                }
            }
        }
        guard let first = misses.first else {
            // Nothing was looked at: every candidate is locked, must wait, or was not asked.
            if let (verdict, index) = blocked { return refuse(verdict, index, locked: false, nil, state, &context) }
            let (verdict, index, challenge) = unasked ?? (.locked, candidates[0], nil)
            return refuse(verdict, index, locked: false, challenge, state, &context)
        }
        var locked = false
        for miss in misses where state.factors[miss.index].budget.fail(at: context.now, context.settings) {
            locked = true
        }
        let verdict =
            [Verdict.replayed, .outsideWindow].first { verdict in misses.contains { $0.verdict == verdict } }
            ?? .wrongCode
        let told = misses.first { $0.verdict == verdict } ?? first
        return refuse(verdict, told.index, locked: locked, told.challenge, state, &context)
    }

    private func candidates(in state: SubjectState, _ context: DecisionContext) throws(Refusal) -> [Int] {
        switch target {
        case .factor(let id):
            let index = try state.factorIndex(id)
            let found = state.factors[index].state(at: context.now)
            guard found == .active else { throw .factorNotActive(found) }
            return [index]
        case .kind(let kind):
            let indices = state.factors.indices.filter {
                state.factors[$0].kind == kind && state.factors[$0].storedState == .active
            }
            guard !indices.isEmpty else { throw .noActiveFactor(kind) }
            return indices
        case .challenge(let id):
            let challenge = state.challenges[try state.challengeIndex(id, of: facts.caller)]
            let index = try state.factorIndex(challenge.factorID)
            let found = state.factors[index].state(at: context.now)
            guard found == .active else { throw .factorNotActive(found) }
            return [index]
        }
    }

    /// Compares, and spends the code when it is right.
    private func check(_ factor: inout Factor, _ pseudonym: Pseudonym, _ context: DecisionContext) -> Verdict {
        switch factor.credential {
        case .totp(var credential):
            switch credential.match(code, at: context.now, windowSteps: context.settings.totpWindowSteps) {
            case .fresh(let step):
                credential.lastStep = step
                factor.credential = .totp(credential)
                return .accepted
            case .spent: return .replayed
            case .late: return .outsideWindow
            case .none: return .wrongCode
            }
        case .hotp(var credential):
            let match = credential.match(code, lookAhead: context.settings.hotpLookAhead)
            defer { factor.credential = .hotp(credential) }
            switch match {
            case .fresh(let counter):
                credential.spend(counter)
                return .accepted
            case .spent:
                credential.noteMiss(match)
                return .replayed
            case .ahead, .none:
                credential.noteMiss(match)
                return .wrongCode
            }
        case .backupCodes(var set):
            guard let digest = set.digest(typed: code, of: factor.id, context.lookupSecrets), set.spend(digest)
            else { return .wrongCode }
            factor.credential = .backupCodes(set)
            return .accepted
        case .temporaryAccessCode(var access):
            // A clock that was set back makes no code live longer.
            if context.now < factor.createdAt { return .wrongCode }
            let verdict = access.spend(code, of: factor.id, pseudonym, context.lookupSecrets)
            factor.credential = .temporaryAccessCode(access)
            return verdict
        case .address, .push, nil:
            return .unsupported
        }
    }

    func accept(
        _ index: Int, _ challengeID: ChallengeID?, _ state: inout SubjectState, _ context: inout DecisionContext
    ) -> Outcome {
        // Neither a mailbox nor an operator's code shows anything of what the person holds.
        let kind = state.factors[index].kind
        let isOfPerson = kind.category != nil && kind != .temporaryAccessCode
        if case .push(var credential) = state.factors[index].credential {
            credential.refusals = 0
            state.factors[index].credential = .push(credential)
        } else if isOfPerson {
            state.liftPushPauses()
        }
        state.factors[index].budget.succeed()
        state.factors[index].lastUsedAt = context.now
        let factor = state.factors[index]
        let assurance = Assurance(of: factor.kind, after: primary)
        let id = state.remember(verificationOf: factor.id, level: assurance.level, action: action, &context)
        if isOfPerson { state.remember(signals, context) }
        let recovery = factor.kind == .temporaryAccessCode ? nil : state.cancelRecovery(.factorProven, &context)
        if let left = factor.backupCodes?.left {
            state.tell(.init(.backupCodeUsed, backupCodesLeft: left), to: state.recipients(context), &context)
        }
        context.record(
            .verification, factor: factor, verdict: .accepted, backupCodesLeft: factor.backupCodes?.left)
        if recovery != nil { context.annotate { $0.recovery = recovery } }
        return outcome(.accepted, factor, id, assurance, challengeID, state, &context)
    }

    func refuse(
        _ verdict: Verdict, _ index: Int, locked: Bool, _ challengeID: ChallengeID?, _ state: SubjectState,
        _ context: inout DecisionContext
    ) -> Outcome {
        let factor = state.factors[index]
        context.record(.verification, factor: factor, verdict: verdict, factorLocked: locked)
        return outcome(verdict, factor, nil, nil, challengeID, state, &context)
    }

    private func outcome(
        _ verdict: Verdict, _ factor: Factor, _ id: VerificationID?, _ assurance: Assurance?,
        _ challengeID: ChallengeID?, _ state: SubjectState, _ context: inout DecisionContext
    ) -> Outcome {
        var attemptsLeft = factor.budget.attemptsLeft(at: context.now, context.settings)
        if let challengeID {
            context.annotate { $0.challengeID = challengeID }
            if verdict != .accepted {
                attemptsLeft = min(attemptsLeft, state.challenge(challengeID)?.attemptsLeft ?? 0)
            }
        }
        var wait =
            factor.budget.isLocked ? 0 : factor.budget.delayMilliseconds(at: context.now, context.settings)
        if verdict == .rateLimited, factor.kind == .backupCodes {
            wait = max(wait, state.backupCodeWaitMilliseconds(context))
        }
        return Outcome(
            verdict: verdict, factorID: factor.id, factorKind: factor.kind, verificationID: id,
            attemptsLeft: attemptsLeft, retryAfterMilliseconds: wait,
            backupCodesLeft: state.backupCodesLeft, at: context.now,
            assurance: assurance,
            challengeID: challengeID)
    }

    public func remembered(_ outcome: Outcome) -> RememberedAnswer {
        var answer = RememberedAnswer()
        answer.factorID = outcome.factorID
        answer.factorKind = outcome.factorKind
        answer.verdict = outcome.verdict
        answer.verificationID = outcome.verificationID
        answer.attemptsLeft = outcome.attemptsLeft
        answer.retryAfterMilliseconds = outcome.retryAfterMilliseconds
        answer.backupCodesLeft = outcome.backupCodesLeft
        answer.challengeID = outcome.challengeID
        return answer
    }

    public func recall(
        _ recollection: Recollection, from state: SubjectState
    ) throws(Refusal) -> Outcome {
        guard let factorID = recollection.answer.factorID, let verdict = recollection.answer.verdict,
            let factorKind = recollection.answer.factorKind
        else { throw .idempotentAnswerGone }
        return Outcome(
            verdict: verdict, factorID: factorID, factorKind: factorKind,
            verificationID: recollection.answer.verificationID,
            attemptsLeft: recollection.answer.attemptsLeft,
            retryAfterMilliseconds: recollection.answer.retryAfterMilliseconds,
            backupCodesLeft: recollection.answer.backupCodesLeft, at: recollection.at,
            assurance: verdict == .accepted ? Assurance(of: factorKind, after: primary) : nil,
            challengeID: recollection.answer.challengeID)
    }
}
