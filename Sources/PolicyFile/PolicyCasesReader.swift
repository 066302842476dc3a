internal import MFADomain
internal import Yams

/// Reads the tree of a file of cases.
struct PolicyCasesReader {
    let file: String

    private static let maxAgeSeconds: Int64 = 3_650 * 86_400

    func cases(_ root: Node) throws(PolicyFileError) -> [PolicyCase] {
        var top = try PolicySection(root, path: "", file: file)
        guard let list = top.take("cases") else {
            throw PolicyValue(root, key: "", file: file).refusal("expected the key cases")
        }
        try top.finish()
        var cases: [PolicyCase] = []
        for value in try list.list() { cases.append(try one(value)) }
        guard !cases.isEmpty else { throw list.refusal("expected at least one case") }
        return cases
    }

    private func one(_ value: PolicyValue) throws(PolicyFileError) -> PolicyCase {
        var entry = try PolicySection(value.node, path: value.key, file: file)
        let name = try required("name", &entry).text()
        let expected = try required("expect", &entry).name(of: Requirement.self)
        let reasons = try entry.take("reasons")?.set(mayBeEmpty: true) { (reason) throws(PolicyFileError) in
            try reason.name(of: EvaluationReason.self)
        }
        var at: Timestamp?
        var graceAgeSeconds: Int64?
        var facts = EvaluationFacts(key: SubjectKey(tenant: "default", subject: ""))
        if var situation = try entry.section("when") {
            facts = try self.facts(&situation)
            at = try situation.take("at")?.moment()
            graceAgeSeconds = try situation.take("grace_age")?.seconds(0...Self.maxAgeSeconds)
            try situation.finish()
        }
        try entry.finish()
        return PolicyCase(
            name: name, line: value.line, facts: facts, graceAgeSeconds: graceAgeSeconds, at: at, expected: expected,
            reasons: reasons)
    }

    /// What is not said is as an Evaluate that does not say it.
    private func facts(_ section: inout PolicySection) throws(PolicyFileError) -> EvaluationFacts {
        let tenant = try section.take("tenant")?.text(maxBytes: 64) ?? "default"
        let subject = try section.take("subject")?.text() ?? ""
        var facts = EvaluationFacts(key: SubjectKey(tenant: tenant, subject: subject))
        facts.subjectKind = try section.take("kind")?.name(of: Profile.Kind.self) ?? .human
        facts.groups = try section.take("groups")?.names() ?? []
        facts.action = try section.take("action")?.text() ?? ""
        facts.sensitivity = try section.take("sensitivity")?.name(of: EvaluationFacts.Sensitivity.self)
        facts.device = try section.take("device")?.name(of: EvaluationFacts.Device.self) ?? .new
        facts.isLocationNew = try section.take("location")?.word(LocationWord.self) != .known
        facts.riskScore = try section.take("risk_score")?.integer(1...100)
        facts.usableKinds = try kinds("factors", &section)
        facts.unusableKinds = try kinds("unusable_factors", &section)
        facts.verification = try verification(&section, action: facts.action)
        return facts
    }

    private func kinds(_ name: String, _ section: inout PolicySection) throws(PolicyFileError) -> Set<FactorKind> {
        let kinds = try section.take(name)?.set(mayBeEmpty: true) { (entry) throws(PolicyFileError) in
            try entry.word(FactorWord.self).kind
        }
        return Set(kinds ?? [])
    }

    private func verification(
        _ section: inout PolicySection, action: String
    ) throws(PolicyFileError) -> EvaluationFacts.Verification? {
        guard var verification = try section.section("verification") else { return nil }
        let kind = try required("factor", &verification).word(FactorWord.self).kind
        let age = try required("age", &verification).seconds(0...Self.maxAgeSeconds)
        let isForAction = try verification.take("for_action")?.bool() ?? false
        if isForAction, action.isEmpty {
            throw verification.refusal(at: "for_action", "there is no action that it is for")
        }
        let level = try verification.take("aal")?.integer(1...2) ?? 1
        try verification.finish()
        return EvaluationFacts.Verification(
            kind: kind, level: kind.category == nil ? nil : level == 2 ? .aal2 : .aal1, ageSeconds: age,
            isForAction: isForAction)
    }

    private func required(_ name: String, _ section: inout PolicySection) throws(PolicyFileError) -> PolicyValue {
        guard let value = section.take(name) else { throw section.refusal("expected the key \(name)") }
        return value
    }
}

enum LocationWord: String, CaseIterable {
    case known, new
}
