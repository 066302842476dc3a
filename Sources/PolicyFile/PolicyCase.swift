public import MFADomain

/// A situation and what a policy has to answer: how operators keep tests of their policy.
public struct PolicyCase: Sendable {
    public let name: String
    /// Where it stands in its file, from 1.
    public let line: Int
    let facts: EvaluationFacts
    /// The age of grace; nil where it begins now, if the policy obliges.
    let graceAgeSeconds: Int64?
    /// When it is asked; nil for now.
    let at: Timestamp?
    let expected: Requirement
    /// Nil where they do not matter.
    let reasons: [EvaluationReason]?

    /// Asks a policy.
    ///
    /// - Returns: what it answers otherwise than is expected; nil when it answers so.
    public func failure(under policy: Policy, at now: Timestamp) -> String? {
        let now = at ?? now
        var facts = facts
        if let graceAgeSeconds {
            facts.graceStartedAt = now.adding(seconds: -graceAgeSeconds)
        } else if policy.obliges(facts.subjectKind, groups: facts.groups, tenant: facts.key.tenant) {
            facts.graceStartedAt = now
        }
        let evaluation = policy.decide(facts, at: now)
        let found = Self.text(evaluation.requirement, evaluation.reasons)
        if evaluation.requirement != expected || reasons.map({ $0 != evaluation.reasons }) == true {
            return "expected \(Self.text(expected, reasons)), found \(found)"
        }
        return nil
    }

    private static func text(_ requirement: Requirement, _ reasons: [EvaluationReason]?) -> String {
        guard let reasons else { return requirement.word }
        return reasons.isEmpty
            ? "\(requirement.word) without a reason"
            : "\(requirement.word) (\(reasons.map(\.word).joined(separator: ", ")))"
    }
}
