/// Proves a pending factor with its first code, and spends that code.
public struct ActivateFactor: SubjectCommand {
    public let facts: CallFacts
    let factorID: FactorID
    let code: String

    public init(facts: CallFacts, factorID: FactorID, code: String) {
        self.facts = facts
        self.factorID = factorID
        self.code = code
    }

    public struct Outcome: Sendable {
        public let verdict: Verdict
        public let factor: Factor
        /// The subject's first codes, shown this once; else empty.
        public let backupCodes: [String]
        public let attemptsLeft: Int
        public let verificationID: VerificationID?
        public let backupCodesLeft: Int
    }

    public func apply(to state: inout SubjectState, _ context: inout DecisionContext) throws(Refusal) -> Outcome {
        let now = context.now
        let index = try state.factorIndex(factorID)
        switch state.factors[index].state(at: now) {
        case .pendingActivation: break
        case .expired: return negative(.expired, &state, index, &context)
        case let other: throw .factorNotPending(other)
        }
        guard let credential = state.factors[index].totp else { throw .factorEnded }
        try state.checkStillBound(state.factors[index].binding, facts)
        switch credential.match(code, at: now, windowSteps: context.settings.totpWindowSteps) {
        case .fresh(let step):
            return accept(credential, step, &state, index, &context)
        case .late:
            return negative(.outsideWindow, &state, index, &context)
        case .spent, .none:
            return negative(.wrongCode, &state, index, &context)
        }
    }

    private func accept(
        _ credential: TOTPCredential, _ step: Int64, _ state: inout SubjectState, _ index: Int,
        _ context: inout DecisionContext
    ) -> Outcome {
        let isFirst = !state.hasProtectedFactor
        var credential = credential
        credential.lastStep = step
        state.factors[index].credential = .totp(credential)
        state.factors[index].activate(at: context.now)
        let factor = state.factors[index]
        let verificationID = state.remember(verificationOf: factor.id, &context)
        let codes = isFirst ? state.issueBackupCodes(&context).codes : []
        context.record(
            .activation, factor: factor, verdict: .accepted, backupCodesLeft: isFirst ? codes.count : nil)
        return Outcome(
            verdict: .accepted, factor: factor, backupCodes: codes,
            attemptsLeft: factor.budget.attemptsLeft(at: context.now, context.settings),
            verificationID: verificationID, backupCodesLeft: state.backupCodesLeft)
    }

    private func negative(
        _ verdict: Verdict, _ state: inout SubjectState, _ index: Int, _ context: inout DecisionContext
    ) -> Outcome {
        var attemptsLeft = 0
        if verdict == .expired {
            state.factors[index].end(as: .expired)
        } else {
            _ = state.factors[index].budget.fail(at: context.now, context.settings)
            attemptsLeft = state.factors[index].activationAttemptsLeft
            if attemptsLeft == 0 { state.factors[index].end(as: .expired) }
        }
        let factor = state.factors[index]
        context.record(.activation, factor: factor, verdict: verdict)
        return Outcome(
            verdict: verdict, factor: factor, backupCodes: [], attemptsLeft: attemptsLeft, verificationID: nil,
            backupCodesLeft: state.backupCodesLeft)
    }

    public func remembered(_ outcome: Outcome) -> RememberedAnswer {
        var answer = RememberedAnswer()
        answer.factorID = outcome.factor.id
        answer.verdict = outcome.verdict
        answer.verificationID = outcome.verificationID
        answer.attemptsLeft = outcome.attemptsLeft
        answer.backupCodesLeft = outcome.backupCodesLeft
        answer.isSecret = !outcome.backupCodes.isEmpty
        return answer
    }

    public func codesShown(_ outcome: Outcome) -> [String] { outcome.backupCodes }

    public func recall(
        _ recollection: Recollection, from state: SubjectState
    ) throws(Refusal) -> Outcome {
        guard let factor = state.factor(factorID), let verdict = recollection.answer.verdict else {
            throw .idempotentAnswerGone
        }
        return Outcome(
            verdict: verdict, factor: factor, backupCodes: recollection.backupCodes,
            attemptsLeft: recollection.answer.attemptsLeft,
            verificationID: recollection.answer.verificationID, backupCodesLeft: recollection.answer.backupCodesLeft)
    }
}
