internal import MFADomain
internal import Yams

/// Reads the tree of a policy file.
struct PolicyReader {
    let file: String

    private static let day: Int64 = 86_400

    func policy(_ root: Node, version: String) throws(PolicyFileError) -> Policy {
        var top = try PolicySection(root, path: "", file: file)
        guard let value = top.take("mfa_enforcement") else {
            throw PolicyValue(root, key: "", file: file).refusal("expected the key mfa_enforcement")
        }
        try top.finish()
        var section = try PolicySection(value.node, path: "mfa_enforcement", file: file)
        var rules = PolicyRules()
        // A policy that says nothing of a rule does not have it.
        if section.has("risk_based_prompting") { rules.responses = [:] }
        rules.apply(try changes(&section))
        try check(rules, section)
        let recovery = try recovery(&section)
        let breakGlass = try breakGlass(&section)
        let historySeconds = try section.take("history")?.seconds(1...3_650 * Self.day) ?? 90 * Self.day
        let outage = try section.take("outage")?.word(OutageMode.self) ?? .closed
        let overrides = try overrides(&section, over: rules)
        try section.finish()
        return Policy(
            version: version, rules: rules, overrides: overrides, breakGlass: breakGlass, recovery: recovery,
            historySeconds: historySeconds, outage: outage)
    }

    /// The keys that an override may change too.
    private func changes(_ section: inout PolicySection) throws(PolicyFileError) -> PolicyOverride.Changes {
        var changes = PolicyOverride.Changes()
        changes.allUsers = try section.take("all_users")?.bool()
        changes.groups = try section.take("groups").map { (value) throws(PolicyFileError) in Set(try value.names()) }
        if changes.allUsers == true, changes.groups != nil {
            throw section.refusal(at: "groups", "means nothing beside all_users: true")
        }
        changes.graceSeconds = try section.take("grace_period")?.seconds(0...3_650 * Self.day)
        changes.excludesServiceAccounts = try section.take("exclude_service_accounts")?.bool()
        changes.responses = try section.take("risk_based_prompting").map(responses) ?? [:]
        changes.highRiskScore = try section.take("high_risk_score")?.integer(1...100)
        changes.sensitiveActions = try section.take("sensitive_actions")?.patterns()
        changes.ordinaryActions = try section.take("ordinary_actions")?.patterns()
        if var assurance = try section.section("assurance") {
            switch try assurance.take("aal")?.integer(1...2) {
            case 1: changes.level = .aal1
            case 2: changes.level = .aal2
            default: break
            }
            changes.needsPhishingResistance = try assurance.take("phishing_resistant")?.bool()
            try assurance.finish()
        }
        changes.kinds = try section.take("factors")?.set { (entry) throws(PolicyFileError) in
            let kind = try entry.word(FactorWord.self).kind
            guard kind.category != nil else { throw entry.refusal("a code by e-mail proves nothing that counts here") }
            return kind
        }
        changes.maximumAgeSeconds = try section.take("maximum_age")?.seconds(60...30 * Self.day)
        if var devices = try section.section("remembered_devices") {
            changes.rememberedDeviceSeconds = try devices.take("lifetime")?.seconds(0...365 * Self.day)
            changes.maxRememberedDevices = try devices.take("max")?.integer(1...20)
            try devices.finish()
        }
        return changes
    }

    private func responses(_ value: PolicyValue) throws(PolicyFileError) -> [RiskRule: RiskResponse] {
        var responses: [RiskRule: RiskResponse] = [:]
        for entry in try value.list() {
            guard let mapping = entry.node.mapping, mapping.count == 1, let (name, response) = mapping.first else {
                throw entry.refusal("expected one rule and its response, such as new_device: prompt_mfa")
            }
            let rule = try PolicyValue(name, key: entry.key, file: file).word(RiskRule.self)
            let key = "\(value.key).\(rule.rawValue)"
            guard responses[rule] == nil else { throw PolicyValue(name, key: key, file: file).refusal("given twice") }
            responses[rule] = try PolicyValue(response, key: key, file: file).word(RiskResponse.self)
        }
        return responses
    }

    /// What the rules say together.
    private func check(_ rules: PolicyRules, _ section: PolicySection) throws(PolicyFileError) {
        guard rules.kinds.contains(where: rules.canSatisfy) else {
            throw section.refusal(
                at: "assurance", "phishing_resistant: true can be met by no factor that is allowed")
        }
        if let both = rules.sensitiveActions.first(where: { rules.ordinaryActions.contains($0) }) {
            throw section.refusal(at: "ordinary_actions", "\(both.text) is among the sensitive actions too")
        }
        if let score = section.has("high_risk_score") ? rules.highRiskScore : nil, rules.responses[.highRisk] == nil {
            throw section.refusal(
                at: "high_risk_score", "\(score) means nothing without the rule high_risk in risk_based_prompting")
        }
    }

    private func recovery(_ section: inout PolicySection) throws(PolicyFileError) -> RecoveryRules {
        var rules = RecoveryRules()
        guard var recovery = try section.section("recovery") else { return rules }
        rules.backupCodeCount = try recovery.take("backup_codes")?.integer(0...20) ?? rules.backupCodeCount
        rules.adminRecovery = try recovery.take("admin_recovery")?.word() ?? rules.adminRecovery
        rules.timeoutSeconds =
            try recovery.take("recovery_timeout")?.seconds(600...30 * Self.day) ?? rules.timeoutSeconds
        rules.backupCodeIntervalSeconds =
            try recovery.take("backup_code_interval")?.seconds(0...3_600) ?? rules.backupCodeIntervalSeconds
        rules.holdSeconds = try recovery.take("hold")?.seconds(0...30 * Self.day) ?? rules.holdSeconds
        rules.maxPerYear = try recovery.take("max_per_year")?.integer(1...100) ?? rules.maxPerYear
        guard rules.holdSeconds < rules.timeoutSeconds else {
            throw recovery.refusal(at: "hold", "ends after recovery_timeout, so nobody could recover")
        }
        try recovery.finish()
        return rules
    }

    private func breakGlass(_ section: inout PolicySection) throws(PolicyFileError) -> [BreakGlass] {
        var entries: [BreakGlass] = []
        for value in try section.take("break_glass")?.list() ?? [] {
            var entry = try PolicySection(value.node, path: value.key, file: file)
            func required(_ name: String, _ entry: inout PolicySection) throws(PolicyFileError) -> PolicyValue {
                guard let value = entry.take(name) else { throw value.refusal("expected the key \(name)") }
                return value
            }
            let glass = BreakGlass(
                tenant: try required("tenant", &entry).text(maxBytes: 64),
                subject: try required("subject", &entry).text(), until: try required("until", &entry).moment(),
                reason: try required("reason", &entry).text())
            try entry.finish()
            guard !entries.contains(where: { $0.tenant == glass.tenant && $0.subject == glass.subject }) else {
                throw value.refusal("given twice")
            }
            entries.append(glass)
        }
        return entries
    }

    private func overrides(
        _ section: inout PolicySection, over rules: PolicyRules
    ) throws(PolicyFileError) -> [PolicyOverride] {
        var overrides: [PolicyOverride] = []
        for value in try section.take("overrides")?.list() ?? [] {
            var entry = try PolicySection(value.node, path: value.key, file: file)
            var override = PolicyOverride()
            override.tenants = try entry.take("tenants")?.patterns() ?? []
            override.groups = Set(try entry.take("for_groups")?.names() ?? [])
            override.actions = try entry.take("actions")?.patterns() ?? []
            guard !override.tenants.isEmpty || !override.groups.isEmpty || !override.actions.isEmpty else {
                throw value.refusal("expected tenants, for_groups or actions")
            }
            guard var set = try entry.section("set") else { throw value.refusal("expected the key set") }
            override.changes = try changes(&set)
            try set.finish()
            guard override.changes != PolicyOverride.Changes() else {
                throw entry.refusal(at: "set", "changes nothing")
            }
            try entry.finish()
            var changed = rules
            changed.apply(override.changes)
            try check(changed, set)
            overrides.append(override)
        }
        return overrides
    }
}

/// How the file names kinds of factors.
enum FactorWord: String, CaseIterable {
    case totp, hotp, sms, email, push
    case backupCodes = "backup_codes"
    case temporaryAccessCode = "temporary_access_code"

    var kind: FactorKind {
        switch self {
        case .totp: .totp
        case .hotp: .hotp
        case .sms: .sms
        case .email: .email
        case .push: .push
        case .backupCodes: .backupCodes
        case .temporaryAccessCode: .temporaryAccessCode
        }
    }
}
