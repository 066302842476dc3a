/// Makes a factor that waits for its first proof, or brings one over from another system. Creates the subject if need be.
public struct StartEnrollment: SubjectCommand {
    public enum Wanted: Sendable {
        case totp(TOTPParameters)
        case hotp(HOTPParameters)
        /// A telephone number or an e-mail address, whose first code is sent or returned at once.
        case address(AddressCredential, CodeDelivery)
        case push
        case existing(ExistingFactor)
    }

    public let facts: CallFacts
    let wanted: Wanted
    let name: String
    let proof: VerificationID?

    public static var createsSubject: Bool { true }

    public init(facts: CallFacts, wanted: Wanted, name: String, proof: VerificationID?) {
        self.facts = facts
        self.wanted = wanted
        self.name = name
        self.proof = proof
    }

    public struct Outcome: Sendable {
        /// Nil when sending was rationed and nothing was made.
        public let factor: Factor?
        /// The account name the caller gave to the subject; empty when none.
        public let accountName: String
        /// Whose code activates the factor, for kinds that are sent one.
        public let challenge: Challenge?
        /// For a caller who delivers it by itself; empty otherwise.
        public let code: String
        public let refusal: SendRefusal?
    }

    public func apply(to state: inout SubjectState, _ context: inout DecisionContext) throws(Refusal) -> Outcome {
        state.settleEndedFactors(at: context.now)
        let binding = try state.checkMayBind(proof: proof, context)
        let live = state.factors.filter { !$0.isEnded(at: context.now) }
        guard live.count < DomainSettings.maxFactors else { throw .tooManyFactors }
        guard live.count(where: { $0.storedState == .pendingActivation }) < DomainSettings.maxPendingFactors else {
            throw .tooManyPendingFactors
        }
        switch wanted {
        case .totp(let parameters):
            let secret = context.entropy.bytes(parameters.algorithm.secretByteCount)
            let credential = TOTPCredential(secret: secret, parameters: parameters)
            return start(.totp, .totp(credential), binding, &state, &context)
        case .hotp(let parameters):
            let secret = context.entropy.bytes(parameters.algorithm.secretByteCount)
            // Nil only for digits that the caller's request cannot name.
            let credential = HOTPCredential(secret: secret, algorithm: parameters.algorithm, digits: parameters.digits)
            return start(.hotp, credential.map { .hotp($0) }, binding, &state, &context)
        case .push:
            let credential = PushCredential(
                pairingSecret: context.entropy.bytes(PushCredential.pairingSecretByteCount))
            return start(.push, .push(credential), binding, &state, &context)
        case .address(let credential, let delivery):
            return try start(credential, delivery, binding, &state, &context)
        case .existing(let existing):
            return try bringOver(existing, binding, &state, &context)
        }
    }

    private func start(
        _ kind: FactorKind, _ credential: Factor.Credential?, _ binding: Binding, _ state: inout SubjectState,
        _ context: inout DecisionContext
    ) -> Outcome {
        let factor = Factor(
            id: FactorID(entropy: &context.entropy), kind: kind, state: .pendingActivation, name: name,
            createdAt: context.now, credential: credential, binding: binding)
        state.factors.append(factor)
        context.record(.enrollmentStarted, factor: factor)
        return Outcome(
            factor: factor, accountName: state.profile.accountName, challenge: nil, code: "", refusal: nil)
    }

    private func start(
        _ credential: AddressCredential, _ delivery: CodeDelivery, _ binding: Binding, _ state: inout SubjectState,
        _ context: inout DecisionContext
    ) throws(Refusal) -> Outcome {
        let kind: FactorKind = credential.address.kind == .phone ? .sms : .email
        switch try state.ration(to: credential, delivery, &context) {
        case .refused(let limit, let retryAfterMilliseconds):
            context.record(.enrollmentStarted, verdict: .rateLimited)
            context.annotate {
                $0.factorKind = kind
                $0.limit = limit
            }
            return Outcome(
                factor: nil, accountName: state.profile.accountName, challenge: nil, code: "",
                refusal: SendRefusal(limit: limit, retryAfterMilliseconds: retryAfterMilliseconds))
        case .granted:
            let started = start(kind, .address(credential), binding, &state, &context)
            guard let factor = started.factor else { return started }
            var challenge = Challenge(
                id: ChallengeID(entropy: &context.entropy), factorID: factor.id, kind: kind, caller: facts.caller,
                createdAt: context.now, expiresAt: context.now, code: "")
            let code = state.issueCode(to: credential, in: &challenge, delivery, &context)
            state.add(challenge)
            context.annotate { $0.challengeID = challenge.id }
            return Outcome(
                factor: factor, accountName: started.accountName, challenge: challenge, code: code, refusal: nil)
        }
    }

    private func bringOver(
        _ existing: ExistingFactor, _ binding: Binding, _ state: inout SubjectState, _ context: inout DecisionContext
    ) throws(Refusal) -> Outcome {
        // Nothing of a recovery's ends, and nothing counts, before the person has proven the new factor.
        if case .recovered = binding { throw .proofStale }
        guard context.settings.allowsExistingSecrets else { throw .existingSecretsNotAllowed }
        guard !existing.isActive || facts.mayBindWithoutProof else { throw .activeImportNotAllowed }
        let id = FactorID(entropy: &context.entropy)
        if case .backupCodes = existing.secret { state.endBackupCodes() }
        var factor = Factor(
            id: id, kind: existing.kind, state: .pendingActivation, name: name, createdAt: context.now,
            credential: existing.credential(of: id, context.lookupSecrets), binding: binding)
        if existing.isActive { factor.activate(at: context.now) }
        state.factors.append(factor)
        state.settleEndedFactors(at: context.now)
        context.record(.factorImported, factor: factor)
        return Outcome(
            factor: factor, accountName: state.profile.accountName, challenge: nil, code: "", refusal: nil)
    }

    public func remembered(_ outcome: Outcome) -> RememberedAnswer {
        var answer = RememberedAnswer()
        answer.factorID = outcome.factor?.id
        answer.challengeID = outcome.challenge?.id
        if let refusal = outcome.refusal {
            answer.verdict = .rateLimited
            answer.limit = refusal.limit
            answer.retryAfterMilliseconds = refusal.retryAfterMilliseconds
        }
        switch wanted {
        case .totp, .hotp, .push, .existing: answer.isSecret = true
        case .address: answer.isSecret = !outcome.code.isEmpty
        }
        return answer
    }

    public func codesShown(_ outcome: Outcome) -> [String] { outcome.code.isEmpty ? [] : [outcome.code] }

    public func recall(
        _ recollection: Recollection, from state: SubjectState
    ) throws(Refusal) -> Outcome {
        let answer = recollection.answer
        let accountName = state.profile.accountName
        if let limit = answer.limit {
            return Outcome(
                factor: nil, accountName: accountName, challenge: nil, code: "",
                refusal: SendRefusal(limit: limit, retryAfterMilliseconds: answer.retryAfterMilliseconds))
        }
        guard let id = answer.factorID, let factor = state.factor(id), factor.credential != nil else {
            throw .idempotentAnswerGone
        }
        return Outcome(
            factor: factor, accountName: accountName, challenge: answer.challengeID.flatMap { state.challenge($0) },
            code: recollection.codes.first ?? "", refusal: nil)
    }
}

extension SubjectState {
    /// A subject with something to lose must prove it before more is bound (CONTROLS row 73).
    func checkMayBind(proof: VerificationID?, _ context: DecisionContext) throws(Refusal) -> Binding {
        if let proof, let recovery = recovery(provenBy: proof, at: context.now) { return .recovered(recovery) }
        if context.facts.mayBindWithoutProof { return .waived }
        guard hasProtectedFactor else { return .first }
        let verification = try checkProof(proof, at: context.now)
        try checkIsStrong(verification, context)
        return .proven(verification.factorID)
    }

    /// What changes the ways to sign in wants a proof as good as there is (CONTROLS rows 70 and 73): worth what the
    /// policy asks, and, where the subject has a factor of its own, more than a mailbox or an operator's code.
    func checkIsStrong(_ verification: RecentVerification, _ context: DecisionContext) throws(Refusal) {
        if factor(verification.factorID)?.kind == .temporaryAccessCode,
            hasProtectedFactor(where: { $0 != .temporaryAccessCode })
        {
            throw .proofTooWeak
        }
        guard hasProtectedFactor(where: \.isSecondFactor) else { return }
        guard let level = verification.level, level.rawValue >= rules(context).level.rawValue else {
            throw .proofTooWeak
        }
    }

    /// What a binding relied on must still hold when the factor becomes active: the owner may have gained a factor,
    /// or reported the proven one lost.
    func checkStillBound(_ binding: Binding, _ context: DecisionContext) throws(Refusal) {
        switch binding {
        case .waived: return
        case .recovered(let id):
            // Nobody may help a recovery past its end, or past an objection.
            guard recovery?.id == id, recovery?.state(at: context.now) == .redeemed else { throw .proofStale }
        case .first: if hasProtectedFactor, !context.facts.mayBindWithoutProof { throw .proofRequired }
        case .proven(let id):
            if factor(id)?.storedState != .active, !context.facts.mayBindWithoutProof { throw .proofStale }
        }
    }
}
