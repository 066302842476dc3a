import CountersignClient
import Foundation
import PolicyFile

/// The answer to a policy question, in words.
struct Explanation {
    private let response: ExplainEvaluationResponse
    private let subject: String
    private let action: String

    init(_ response: ExplainEvaluationResponse, of subject: String, action: String) {
        self.response = response
        self.subject = subject
        self.action = action
    }

    var text: String {
        [answer, found, rules].joined(separator: "\n\n")
    }

    private var answer: String {
        let answer = response.answer
        var lines = ["\(subject.shown): \(answer.requirement.sentence) Policy \(answer.policyVersion)."]
        lines += answer.reasons.map { "  because \($0.sentence)" }
        if answer.requirement == .prompt || answer.requirement == .require {
            lines.append(
                "  ask with \(answer.offers.isEmpty ? "nothing that is there" : "")"
                    + answer.offers.map { "\($0.kind.word)\($0.name.isEmpty ? "" : " \"\($0.name.shown)\"")" }
                    .joined(separator: ", then "))
            lines.append("  a verification counts for \(PolicyFile.duration(answer.maximumAgeSeconds))")
        }
        if !answer.recommended.isEmpty {
            lines.append("  better than what there is: \(answer.recommended.map(\.word).joined(separator: ", "))")
        }
        return lines.joined(separator: "\n")
    }

    private var found: String {
        var table: [(String, String)] = []
        table.append(("subject", response.subjectKind == .serviceAccount ? "a service account" : "a person"))
        table.append(("groups", Self.list(response.groups.map(\.shown))))
        table.append(("usable factors", Self.list(response.usable.map(\.word))))
        if !response.unusable.isEmpty {
            table.append(("locked or suspended", Self.list(response.unusable.map(\.word))))
        }
        table.append(("action", action.isEmpty ? "not named" : action.shown))
        table.append(("sensitivity", response.sensitivity == .unspecified ? "not stated" : response.sensitivity.word))
        table.append(("device", response.device.word))
        table.append(("place", response.locationKnown ? "known" : "new"))
        table.append(("risk score", response.riskScore == 0 ? "none, which counts as 100" : "\(response.riskScore)"))
        table.append(("verification", response.verificationFound ? "found" : "none"))
        table.append(("grace", grace))
        return Self.section("found", table)
    }

    private var grace: String {
        let end = response.answer.graceEndsAtUnixMs
        guard end != 0 else { return "none" }
        let start = response.graceStartedAtUnixMs
        return "\(start == 0 ? "would begin now" : "began \(Self.moment(start))"), ends \(Self.moment(end))"
    }

    private var rules: String {
        let rules = response.rules
        var table: [(String, String)] = []
        table.append(("must have a factor", rules.obliged ? "yes" : "no"))
        table.append(("grace_period", PolicyFile.duration(rules.gracePeriodSeconds)))
        for response in rules.responses { table.append((response.rule.word, response.response.word)) }
        if rules.responses.contains(where: { $0.rule == .highRisk }) {
            table.append(("high_risk_score", "\(rules.highRiskScore)"))
        }
        table.append(("assurance.aal", rules.level == .aal2 ? "2" : "1"))
        table.append(("factors", Self.list(rules.factors.map(\.word))))
        if rules.maximumAgeSeconds != 0 { table.append(("maximum_age", PolicyFile.duration(rules.maximumAgeSeconds))) }
        table.append(("devices are remembered", PolicyFile.duration(rules.rememberedDeviceSeconds)))
        if !rules.overrides.isEmpty {
            table.append(("overrides that match", Self.list(rules.overrides.map { "number \($0)" })))
        }
        return Self.section("rules", table)
    }

    private static func section(_ title: String, _ table: [(String, String)]) -> String {
        let width = table.map(\.0.count).max() ?? 0
        let lines = table.map { name, value in
            "  \(name)\(String(repeating: " ", count: width - name.count))  \(value)"
        }
        return ([title] + lines).joined(separator: "\n")
    }

    private static func list(_ words: [String]) -> String {
        words.isEmpty ? "none" : words.joined(separator: ", ")
    }

    private static func moment(_ milliseconds: Int64) -> String {
        Date(timeIntervalSince1970: Double(milliseconds) / 1000).formatted(.iso8601)
    }
}

extension Requirement {
    fileprivate var sentence: String {
        switch self {
        case .allow: "ALLOW, nothing is asked."
        case .prompt: "PROMPT, a verification is asked for; a remembered device would do."
        case .require: "REQUIRE, a fresh verification for this action is asked for."
        case .enroll: "ENROLL, a factor must be enrolled first."
        case .deny: "DENY, whatever is proven."
        case .unspecified, .UNRECOGNIZED: "an answer that this program does not know."
        }
    }

    /// As in the policy file.
    fileprivate var word: String {
        switch self {
        case .allow: "allow"
        case .prompt: "prompt_mfa"
        case .require: "require_mfa"
        case .deny: "deny"
        case .enroll, .unspecified, .UNRECOGNIZED: "\(rawValue)"
        }
    }
}

extension EvaluationReason {
    fileprivate var word: String { ProtoWord.of(rawValue, "countersign.v1.EvaluationReason") }

    fileprivate var sentence: String {
        switch self {
        case .everySignIn: "the policy asks at every sign-in"
        case .newDevice: "the device is not remembered and was at no earlier verification, or nothing was told of it"
        case .newLocation: "the place was at no earlier verification, or not everything was told of it"
        case .sensitiveAction: "the action is sensitive, or nobody said that it is not"
        case .highRisk: "the risk score is high, or was not told"
        case .verificationTooOld: "there is no verification as young as the policy wants (maximum_age)"
        case .verified: "the verification meets what is asked for"
        case .deviceRemembered: "the device is remembered, which stands for a verification"
        case .graceRunning: "there is no factor, and the time to enroll one still runs"
        case .graceOver: "there is no factor, and the time to enroll one is over"
        case .noFactor: "there is no factor, and this cannot be done without one"
        case .notEnforced: "the policy does not oblige this subject to have a factor"
        case .factorsUnusable: "every factor that would do is locked or suspended"
        case .serviceAccountExcluded: "service accounts are excluded"
        case .breakGlass: "a break_glass entry lets this subject through"
        case .outage: "nothing could be read, and the policy says outage: open"
        case .deviceTokenReused: "the device token was used before, so somebody has a copy"
        case .deviceTokenUnknown: "the device token is not good"
        case .signalNotPermitted:
            "you lack the scope to tell one of the signals (assert-device, assert-network, assert-risk)"
        case .signalUnusable: "a signal is not of its form"
        case .unspecified, .UNRECOGNIZED: "of reason \(rawValue)"
        }
    }
}

extension FactorKind {
    fileprivate var word: String { ProtoWord.of(rawValue, "countersign.v1.FactorKind") }
}

extension Sensitivity {
    fileprivate var word: String { ProtoWord.of(rawValue, "countersign.v1.Sensitivity") }
}

extension DeviceFamiliarity {
    fileprivate var word: String { ProtoWord.of(rawValue, "countersign.v1.DeviceFamiliarity") }
}
