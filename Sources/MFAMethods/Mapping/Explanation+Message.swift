internal import MFADomain
internal import MFAProto

extension Countersign_V1_ExplainEvaluationResponse {
    init(_ outcome: ExplainEvaluation.Outcome) {
        self.init()
        let facts = outcome.facts
        answer = .init(outcome.answer)
        switch facts.device {
        case .remembered: device = .remembered
        case .known: device = .known
        case .new: device = .new
        }
        locationKnown = !facts.isLocationNew
        sensitivity = .init(facts.sensitivity)
        riskScore = Int32(clamping: facts.riskScore ?? 0)
        subjectKind = .init(facts.subjectKind)
        groups = facts.groups
        usable = FactorKind.allCases.filter(facts.usableKinds.contains).map { .init($0) }
        unusable = FactorKind.allCases.filter(facts.unusableKinds.contains).map { .init($0) }
        graceStartedAtUnixMs = outcome.graceStartedAt?.milliseconds ?? 0
        verificationFound = facts.verification != nil
        rules = .init(outcome)
    }
}

extension Countersign_V1_PolicyRulesInForce {
    init(_ outcome: ExplainEvaluation.Outcome) {
        self.init()
        let rules = outcome.rules
        obliged = outcome.isObliged
        excludeServiceAccounts = rules.excludesServiceAccounts
        gracePeriodSeconds = rules.graceSeconds
        for rule in RiskRule.allCases {
            guard let response = rules.responses[rule], response != .allow else { continue }
            responses.append(
                .with {
                    $0.rule = .init(rule.reason)
                    $0.response = .init(response.requirement)
                })
        }
        highRiskScore = Int32(clamping: rules.highRiskScore)
        level = .init(rules.level)
        phishingResistant = rules.needsPhishingResistance
        factors = rules.kinds.map { .init($0) }
        maximumAgeSeconds = rules.maximumAgeSeconds ?? 0
        rememberedDeviceSeconds = rules.rememberedDeviceSeconds
        overrides = outcome.overrides.map { UInt32(clamping: $0 + 1) }
    }
}
