extension Policy {
    /// What stands before an action. Pure. More risk and less knowledge never make it less (CONTROLS row 80).
    public func decide(_ facts: EvaluationFacts, at now: Timestamp) -> Evaluation {
        let rules = rules(tenant: facts.key.tenant, groups: facts.groups, action: facts.action)
        var question = Question(policyVersion: version, rules: rules, facts: facts, now: now)
        if breakGlass.contains(where: { $0.covers(facts.key, at: now) }) { return question.answer(.allow, .breakGlass) }
        if facts.subjectKind == .serviceAccount, rules.excludesServiceAccounts {
            return question.answer(.allow, .serviceAccountExcluded)
        }
        return question.answer()
    }
}

extension BreakGlass {
    func covers(_ key: SubjectKey, at now: Timestamp) -> Bool {
        SubjectKey(tenant: tenant, subject: subject) == key && now < until
    }
}

/// One decision in the making.
private struct Question {
    let policyVersion: String
    let rules: PolicyRules
    let facts: EvaluationFacts
    let graceEndsAt: Timestamp?
    let isGraceRunning: Bool
    /// Kinds that count here. In grace, whoever has none of the policy's kinds may use what there is.
    let kinds: [FactorKind]
    var reasons: [EvaluationReason] = []

    init(policyVersion: String, rules: PolicyRules, facts: EvaluationFacts, now: Timestamp) {
        self.policyVersion = policyVersion
        self.rules = rules
        self.facts = facts
        graceEndsAt =
            rules.obliges(facts.groups) ? facts.graceStartedAt?.adding(seconds: rules.graceSeconds) : nil
        // Not before its start either, where a clock that was set back stands.
        isGraceRunning =
            graceEndsAt.map { now < $0 } ?? false && facts.graceStartedAt.map { now >= $0 } ?? false
        let held = facts.usableKinds.union(facts.unusableKinds)
        let permitted = rules.kinds.filter(rules.canSatisfy)
        kinds =
            isGraceRunning && !permitted.contains(where: held.contains)
            ? FactorKind.allCases.filter { $0.category != nil } : permitted
    }

    mutating func answer() -> Evaluation {
        let required = requirement()
        if required == .deny { return answer(.deny) }
        guard hasFactor else { return answerWithoutFactor(required) }
        switch required {
        case .allow: return answer(.allow)
        case .prompt where isVerified(within: longestAgeSeconds): return answer(.allow, .verified)
        case .prompt where facts.device == .remembered && !reasons.contains(.verificationTooOld):
            return answer(.allow, .deviceRemembered)
        case .require where facts.verification?.isForAction == true && isVerified(within: freshSeconds):
            return answer(.allow, .verified)
        default:
            return offers.isEmpty ? answer(required, .factorsUnusable) : answer(required)
        }
    }

    private var hasFactor: Bool {
        kinds.contains { facts.usableKinds.contains($0) || facts.unusableKinds.contains($0) }
    }

    private var offers: [FactorKind] { kinds.filter(facts.usableKinds.contains) }

    /// What the rules ask for, with the reasons.
    private mutating func requirement() -> Requirement {
        var required = Requirement.allow
        for rule in RiskRule.allCases where applies(rule) {
            let response = rules.response(rule)
            guard response != .allow else { continue }
            required = max(required, response.requirement)
            reasons.append(rule.reason)
        }
        if let maximum = rules.maximumAgeSeconds, !isVerified(within: min(maximum, longestAgeSeconds)) {
            required = max(required, .prompt)
            reasons.append(.verificationTooOld)
        }
        return required
    }

    private func applies(_ rule: RiskRule) -> Bool {
        switch rule {
        case .everySignIn: true
        case .newDevice: facts.device == .new
        case .newLocation: facts.isLocationNew
        case .sensitiveAction:
            switch facts.sensitivity {
            case .sensitive: true
            case .ordinary: rules.sensitiveActions.contains { $0.matches(facts.action) }
            // What nobody says anything of is not taken to be harmless.
            case nil:
                rules.sensitiveActions.contains { $0.matches(facts.action) }
                    || !rules.ordinaryActions.contains { $0.matches(facts.action) }
            }
        case .highRisk: facts.riskScore.map { $0 >= rules.highRiskScore } ?? true
        }
    }

    /// Where there is nothing to ask with. A sensitive action has to wait for a factor, in grace too.
    private mutating func answerWithoutFactor(_ required: Requirement) -> Evaluation {
        if required >= .require { return answer(.enroll, .noFactor) }
        guard rules.obliges(facts.groups) else { return answer(.allow, .notEnforced) }
        return isGraceRunning ? answer(.allow, .graceRunning) : answer(.enroll, .graceOver)
    }

    private var longestAgeSeconds: Int64 {
        min(rules.maximumAgeSeconds ?? .max, PolicyRules.longestAgeSeconds(rules.level))
    }

    private var freshSeconds: Int64 { min(longestAgeSeconds, DomainSettings.proofLifetimeSeconds) }

    private func isVerified(within seconds: Int64) -> Bool {
        guard let verification = facts.verification, let level = verification.level else { return false }
        return (0...seconds).contains(verification.ageSeconds) && level.rawValue >= rules.level.rawValue
            && kinds.contains(verification.kind)
    }

    mutating func answer(_ requirement: Requirement, _ reason: EvaluationReason? = nil) -> Evaluation {
        if let reason { reasons.append(reason) }
        let best = rules.kinds.firstIndex { facts.usableKinds.contains($0) } ?? rules.kinds.count
        let isAsking = requirement == .prompt || requirement == .require
        return Evaluation(
            requirement: requirement, reasons: reasons, offers: isAsking ? offers : [],
            recommended: requirement == .deny ? [] : rules.kinds[..<best].filter { !$0.isReserve },
            level: rules.level, needsPhishingResistance: rules.needsPhishingResistance,
            maximumAgeSeconds: requirement == .require ? freshSeconds : longestAgeSeconds, graceEndsAt: graceEndsAt,
            policyVersion: policyVersion)
    }
}

extension PolicyRules {
    /// Whether a proof by this kind can be worth what is asked.
    public func canSatisfy(_ kind: FactorKind) -> Bool {
        kind.category != nil && (!needsPhishingResistance || kind.isPhishingResistant)
    }
}
