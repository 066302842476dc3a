/// Asks the policy what stands before an action. Changes nothing but the start of grace and the token of a remembered
/// device.
public struct Evaluate: SubjectCommand {
    public let facts: CallFacts
    let action: String
    let sensitivity: EvaluationFacts.Sensitivity?
    let signals: Signals
    /// A verification of this sign-in, if there was one.
    let verification: VerificationID?
    let primary: PrimaryAuthentication?

    public static var createsSubject: Bool { true }

    public init(
        facts: CallFacts, action: String, sensitivity: EvaluationFacts.Sensitivity?, signals: Signals,
        verification: VerificationID?, primary: PrimaryAuthentication?
    ) {
        self.facts = facts
        self.action = action
        self.sensitivity = sensitivity
        self.signals = signals
        self.verification = verification
        self.primary = primary
    }

    public struct Outcome: Sendable, Hashable {
        public let evaluation: Evaluation
        /// Takes the place of the token that was shown; empty when there was no good one.
        public let deviceToken: String
        /// Factors to ask with, the preferred one first.
        public let factors: [Factor]

        init(evaluation: Evaluation, deviceToken: String, factors: [Factor]) {
            self.evaluation = evaluation
            self.deviceToken = deviceToken
            self.factors = factors
        }

        /// What is answered where nothing can be read and the policy says to let people through.
        public init(inOutageUnder policy: Policy) {
            self.init(
                evaluation: Evaluation(
                    requirement: .allow, reasons: [.outage], offers: [], recommended: [], level: policy.rules.level,
                    needsPhishingResistance: policy.rules.needsPhishingResistance, maximumAgeSeconds: 0,
                    graceEndsAt: nil, policyVersion: policy.version),
                deviceToken: "", factors: [])
        }
    }

    public func apply(to state: inout SubjectState, _ context: inout DecisionContext) throws(Refusal) -> Outcome {
        let (facts, outcome) = answer(in: &state, context)
        context.record(.evaluation)
        context.annotate { event in
            event.evaluation = EvaluationRecord(
                requirement: outcome.evaluation.requirement, reasons: outcome.evaluation.reasons,
                policyVersion: outcome.evaluation.policyVersion, action: action, sensitivity: sensitivity,
                device: facts.device, isLocationNew: facts.isLocationNew, riskScore: signals.riskScore)
        }
        return outcome
    }

    /// The answer, and what it follows from. Begins grace, and uses up the token.
    func answer(
        in state: inout SubjectState, _ context: DecisionContext
    ) -> (facts: EvaluationFacts, outcome: Outcome) {
        let policy = context.settings.policy
        state.startGrace(context)
        var doubts = signals.doubts
        var device = state.isKnownDevice(signals, context) ? EvaluationFacts.Device.known : .new
        var token = ""
        if !signals.deviceToken.isEmpty {
            switch state.find(deviceToken: signals.deviceToken, signals, context) {
            case .good(let index):
                device = .remembered
                state.trustedDevices[index].generation += 1
                state.trustedDevices[index].lastUsedAt = context.now
                token = TrustedDeviceToken.make(
                    state.trustedDevices[index], for: state.pseudonym, context.lookupSecrets)
            case .reused(let index):
                // Which of the two is the person's cannot be told.
                state.trustedDevices.remove(at: index)
                device = .new
                doubts.append(.deviceTokenReused)
            case .unknown:
                doubts.append(.deviceTokenUnknown)
            }
        }
        let facts = EvaluationFacts(
            key: context.key, subjectKind: state.profile.kind, groups: state.profile.groups, action: action,
            sensitivity: sensitivity, device: device, isLocationNew: !state.isKnownPlace(signals, context),
            riskScore: signals.riskScore, usableKinds: state.usableKinds(at: context.now),
            unusableKinds: state.unusableKinds(at: context.now), verification: fact(in: state, context),
            graceStartedAt: state.graceStartedAt)
        var evaluation = policy.decide(facts, at: context.now)
        evaluation.reasons += doubts
        return (
            facts,
            Outcome(evaluation: evaluation, deviceToken: token, factors: state.factors(offered: evaluation))
        )
    }

    private func fact(in state: SubjectState, _ context: DecisionContext) -> EvaluationFacts.Verification? {
        guard let verification, let found = state.recentVerifications.first(where: { $0.id == verification }),
            let factor = state.factor(found.factorID), factor.storedState == .active
        else { return nil }
        let level = Assurance(of: factor.kind, after: primary).level
        return EvaluationFacts.Verification(
            kind: factor.kind, level: [found.level, level].compactMap(\.self).max { $0.rawValue < $1.rawValue },
            ageSeconds: context.now.millisecondsSince(found.at) / 1000,
            isForAction: !action.isEmpty && found.actionDigest == state.actionDigest(action, context))
    }

    public func remembered(_ outcome: Outcome) -> RememberedAnswer {
        var answer = RememberedAnswer()
        answer.evaluation = outcome.evaluation
        answer.isSecret = !outcome.deviceToken.isEmpty
        return answer
    }

    public func codesShown(_ outcome: Outcome) -> [String] { outcome.deviceToken.isEmpty ? [] : [outcome.deviceToken] }

    public func recall(_ recollection: Recollection, from state: SubjectState) throws(Refusal) -> Outcome {
        guard let evaluation = recollection.answer.evaluation else { throw .idempotentAnswerGone }
        return Outcome(
            evaluation: evaluation, deviceToken: recollection.codes.first ?? "",
            factors: state.factors(offered: evaluation))
    }
}
