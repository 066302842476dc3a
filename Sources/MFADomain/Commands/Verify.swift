/// Checks one proof and spends it.
public struct Verify: SubjectCommand {
    /// What to check against.
    public enum Target: Sendable, Hashable {
        case factor(FactorID)
        /// Every active factor of the kind is tried; a miss is charged to each.
        case kind(FactorKind)
    }

    public let facts: CallFacts
    let target: Target
    let code: String

    public init(facts: CallFacts, target: Target, code: String) {
        self.facts = facts
        self.target = target
        self.code = code
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
    }

    public func apply(to state: inout SubjectState, _ context: inout DecisionContext) throws(Refusal) -> Outcome {
        let candidates = try candidates(in: state, context)
        var misses: [(index: Int, verdict: Verdict)] = []
        var blocked: (verdict: Verdict, index: Int)?
        for index in candidates {
            state.factors[index].budget.noticeClock(context.now)
            switch state.factors[index].budget.status(at: context.now, context.settings) {
            case .locked:
                blocked = blocked ?? (.locked, index)
            case .delayed:
                if blocked?.verdict != .rateLimited { blocked = (.rateLimited, index) }
            case .open:
                let verdict = check(&state.factors[index], context)
                if verdict == .accepted { return accept(index, &state, &context) }
                misses.append((index, verdict))
            }
        }
        guard let first = misses.first else {
            // Nothing was looked at: every candidate is locked or must wait.
            let (verdict, index) = blocked ?? (.locked, candidates[0])
            return refuse(verdict, index, locked: false, state, &context)
        }
        var locked = false
        for miss in misses where state.factors[miss.index].budget.fail(at: context.now, context.settings) {
            locked = true
        }
        let verdict =
            [Verdict.replayed, .outsideWindow].first { verdict in misses.contains { $0.verdict == verdict } }
            ?? .wrongCode
        let index = misses.first { $0.verdict == verdict }?.index ?? first.index
        return refuse(verdict, index, locked: locked, state, &context)
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
        }
    }

    /// Compares, and spends the code when it is right.
    private func check(_ factor: inout Factor, _ context: DecisionContext) -> Verdict {
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
        case .backupCodes(var set):
            guard let code = BackupCode(typed: code), set.spend(context.lookupSecrets.digest(code, of: factor.id))
            else { return .wrongCode }
            factor.credential = .backupCodes(set)
            return .accepted
        case nil:
            return .unsupported
        }
    }

    private func accept(
        _ index: Int, _ state: inout SubjectState, _ context: inout DecisionContext
    ) -> Outcome {
        state.factors[index].budget.succeed()
        state.factors[index].lastUsedAt = context.now
        let factor = state.factors[index]
        let id = state.remember(verificationOf: factor.id, &context)
        context.record(
            .verification, factor: factor, verdict: .accepted, backupCodesLeft: factor.backupCodes?.left)
        return outcome(.accepted, factor, id, state, context)
    }

    private func refuse(
        _ verdict: Verdict, _ index: Int, locked: Bool, _ state: SubjectState, _ context: inout DecisionContext
    ) -> Outcome {
        let factor = state.factors[index]
        context.record(.verification, factor: factor, verdict: verdict, factorLocked: locked)
        return outcome(verdict, factor, nil, state, context)
    }

    private func outcome(
        _ verdict: Verdict, _ factor: Factor, _ id: VerificationID?, _ state: SubjectState, _ context: DecisionContext
    ) -> Outcome {
        Outcome(
            verdict: verdict, factorID: factor.id, factorKind: factor.kind, verificationID: id,
            attemptsLeft: factor.budget.attemptsLeft(at: context.now, context.settings),
            retryAfterMilliseconds: factor.budget.isLocked
                ? 0 : factor.budget.delayMilliseconds(at: context.now, context.settings),
            backupCodesLeft: state.backupCodesLeft, at: context.now)
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
            backupCodesLeft: recollection.answer.backupCodesLeft, at: recollection.at)
    }
}
