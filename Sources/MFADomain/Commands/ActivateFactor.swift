/// Proves a pending factor for the first time, and spends what proved it.
public struct ActivateFactor: SubjectCommand {
    public enum Proof: Sendable {
        case code(String)
        /// A device, by its signature over the pairing data.
        case registration(PushRegistration)
    }

    public let facts: CallFacts
    let factorID: FactorID
    let proof: Proof

    public init(facts: CallFacts, factorID: FactorID, proof: Proof) {
        self.facts = facts
        self.factorID = factorID
        self.proof = proof
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
        try state.checkStillBound(state.factors[index].binding, context)
        let verdict = try check(&state, index, &context)
        guard verdict == .accepted else { return negative(verdict, &state, index, &context) }
        return accept(&state, index, &context)
    }

    /// Compares, and spends what is right.
    private func check(
        _ state: inout SubjectState, _ index: Int, _ context: inout DecisionContext
    ) throws(Refusal) -> Verdict {
        switch (state.factors[index].credential, proof) {
        case (.totp(var credential), .code(let code)):
            switch credential.match(code, at: context.now, windowSteps: context.settings.totpWindowSteps) {
            case .fresh(let step):
                credential.lastStep = step
                state.factors[index].credential = .totp(credential)
                return .accepted
            case .late: return .outsideWindow
            case .spent, .none: return .wrongCode
            }
        case (.hotp(var credential), .code(let code)):
            guard case .fresh(let counter) = credential.match(code, lookAhead: context.settings.hotpLookAhead) else {
                return .wrongCode
            }
            credential.spend(counter)
            state.factors[index].credential = .hotp(credential)
            return .accepted
        case (.address(let credential), .code(let code)):
            guard let open = state.openChallengeIndex(of: factorID), state.challenges[open].caller == facts.caller
            else {
                // The code's time is over, but not the factor's: another one can be asked for.
                return .wrongCode
            }
            guard OutOfBandCode.matches(code, state.challenges[open].code) else { return .wrongCode }
            state.challenges[open].approve()
            state.challenges[open].isVerified = true
            SendRation.countCompletion(of: state.challenges[open], to: credential, &context)
            return .accepted
        case (.push(var credential), .registration(let registration)):
            let statement = PushStatement.pairing(
                secret: credential.pairingSecret, factorID: factorID, publicKey: registration.publicKey,
                channel: registration.channel, token: registration.token)
            guard PushCredential.verify(registration.signature, of: statement, under: registration.publicKey) else {
                return .wrongCode
            }
            credential.pairingSecret = []
            credential.publicKey = registration.publicKey
            credential.channel = registration.channel
            credential.token = registration.token
            credential.model = registration.model
            state.factors[index].credential = .push(credential)
            return .accepted
        case (.push, .code): throw .registrationRequired
        case (.totp, .registration), (.hotp, .registration), (.address, .registration): throw .codeRequired
        case (.backupCodes, _), (.temporaryAccessCode, _), (nil, _): throw .factorEnded
        }
    }

    private func accept(
        _ state: inout SubjectState, _ index: Int, _ context: inout DecisionContext
    ) -> Outcome {
        var recovery: RecoveryAct?
        if case .recovered = state.factors[index].binding {
            state.completeRecovery(with: index, &context)
            recovery = state.recovery.map { RecoveryAct($0) }
        }
        let isFirst = !state.hasProtectedFactor { $0 != .temporaryAccessCode }
        let kind = state.factors[index].kind
        if state.factors[index].address != nil, !facts.mayBindWithoutProof, !isFirst,
            state.factors.contains(where: { $0.activatedAt != nil && $0.kind == kind })
        {
            // Another number is another binding: whoever took over a session must not read codes on it at once
            // (CONTROLS row 27), nor after suspending or revoking the number before.
            state.factors[index].usableFrom = context.now.adding(seconds: context.settings.addressCooldownSeconds)
        }
        state.factors[index].activate(at: context.now)
        let factor = state.factors[index]
        if recovery == nil {
            state.tell(.init(.factorAdded), to: state.recipients(except: factor.id, context), &context)
        }
        let verificationID = state.remember(
            verificationOf: factor.id, level: Assurance(of: factor.kind, after: nil).level, &context)
        let codes =
            isFirst && context.settings.policy.recovery.backupCodeCount > 0
            ? state.issueBackupCodes(&context).codes : []
        context.record(
            .activation, factor: factor, verdict: .accepted, backupCodesLeft: isFirst ? codes.count : nil)
        context.annotate { $0.recovery = recovery }
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
            if let open = state.openChallengeIndex(of: factorID) { state.challenges[open].fail() }
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
            verdict: verdict, factor: factor, backupCodes: recollection.codes,
            attemptsLeft: recollection.answer.attemptsLeft,
            verificationID: recollection.answer.verificationID, backupCodesLeft: recollection.answer.backupCodesLeft)
    }
}
