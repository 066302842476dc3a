import MFADomain
import MFATesting
import Testing

@Suite("Policy")
struct PolicyRuleTests {
    static let now = Timestamp(seconds: 1_700_000_000)

    static func policy(_ change: (inout PolicyRules) -> Void = { _ in }) -> Policy {
        var rules = PolicyRules()
        change(&rules)
        return Policy(version: "test", rules: rules)
    }

    /// A person with an authenticator app on a device and in a place that are known, who does something ordinary.
    static var calm: EvaluationFacts {
        EvaluationFacts(
            key: SubjectKey(tenant: "t", subject: "alice"), action: "sign_in", sensitivity: .ordinary, device: .known,
            isLocationNew: false, riskScore: 1, usableKinds: [.totp, .backupCodes], graceStartedAt: now)
    }

    private func decide(_ policy: Policy = Self.policy(), _ change: (inout EvaluationFacts) -> Void) -> Evaluation {
        var facts = Self.calm
        change(&facts)
        return policy.decide(facts, at: Self.now)
    }

    @Test("Known device, known place, ordinary action: go on")
    func calm() {
        let evaluation = decide { _ in }
        #expect(evaluation.requirement == .allow && evaluation.reasons.isEmpty)
        #expect(evaluation.policyVersion == "test")
    }

    @Test("A new device and a new place prompt, a sensitive action requires; the reasons are all told")
    func defaults() {
        #expect(decide { $0.device = .new }.requirement == .prompt)
        #expect(decide { $0.isLocationNew = true }.requirement == .prompt)
        #expect(decide { $0.sensitivity = .sensitive }.requirement == .require)
        let all = decide {
            $0.device = .new
            $0.isLocationNew = true
            $0.sensitivity = nil
        }
        #expect(all.requirement == .require)
        #expect(all.reasons == [.newDevice, .newLocation, .sensitiveAction])
        #expect(all.offers == [.totp, .backupCodes])
    }

    @Test("A remembered device stands for a prompt, never for what is required")
    func remembered() {
        let prompt = decide {
            $0.device = .remembered
            $0.isLocationNew = true
        }
        #expect(prompt.requirement == .allow && prompt.reasons == [.newLocation, .deviceRemembered])
        let required = decide {
            $0.device = .remembered
            $0.sensitivity = .sensitive
        }
        #expect(required.requirement == .require)
    }

    @Test("A verification meets a prompt for 30 days at level 1 and for a day at level 2")
    func verified() {
        for (level, age, met) in [
            (Assurance.Level.aal1, 30 * 86_400, true), (.aal1, 30 * 86_400 + 1, false), (.aal2, 86_400, true),
            (.aal2, 86_401, false), (.aal1, -1, false),
        ] as [(Assurance.Level, Int64, Bool)] {
            let evaluation = decide(Self.policy { $0.level = level }) {
                $0.device = .new
                $0.verification = .init(kind: .totp, level: .aal2, ageSeconds: age, isForAction: false)
            }
            #expect(evaluation.requirement == (met ? .allow : .prompt), "\(level) \(age)")
        }
        let weak = decide(Self.policy { $0.level = .aal2 }) {
            $0.device = .new
            $0.verification = .init(kind: .totp, level: .aal1, ageSeconds: 1, isForAction: false)
        }
        #expect(weak.requirement == .prompt && weak.level == .aal2)
        let email = decide {
            $0.device = .new
            $0.verification = .init(kind: .email, level: nil, ageSeconds: 1, isForAction: false)
        }
        #expect(email.requirement == .prompt)
    }

    @Test("What is required is met by a verification for the action, not older than five minutes")
    func verifiedForAction() {
        for (age, isForAction, met) in [(300, true, true), (301, true, false), (1, false, false)]
            as [(Int64, Bool, Bool)]
        {
            let evaluation = decide {
                $0.sensitivity = .sensitive
                $0.verification = .init(kind: .totp, level: .aal1, ageSeconds: age, isForAction: isForAction)
            }
            #expect(evaluation.requirement == (met ? .allow : .require), "\(age) \(isForAction)")
        }
    }

    @Test("With a maximum age the calm are asked too, and a remembered device does not do")
    func maximumAge() {
        let policy = Self.policy { $0.maximumAgeSeconds = 3_600 }
        #expect(decide(policy) { _ in }.requirement == .prompt)
        #expect(decide(policy) { $0.device = .remembered }.requirement == .prompt)
        for (age, met) in [(3_600, true), (3_601, false)] as [(Int64, Bool)] {
            let evaluation = decide(policy) {
                $0.verification = .init(kind: .totp, level: .aal1, ageSeconds: age, isForAction: false)
            }
            #expect(evaluation.requirement == (met ? .allow : .prompt))
            #expect(evaluation.maximumAgeSeconds == 3_600)
        }
    }

    @Test("Without a factor: grace to its very end, then enrollment; a sensitive action waits for none")
    func grace() {
        func evaluation(_ seconds: Int64, _ change: (inout EvaluationFacts) -> Void = { _ in }) -> Evaluation {
            var facts = Self.calm
            facts.usableKinds = []
            facts.device = .new
            change(&facts)
            return Self.policy().decide(facts, at: Self.now.adding(seconds: seconds))
        }
        let month: Int64 = 30 * 86_400
        #expect(evaluation(0).requirement == .allow && evaluation(0).graceEndsAt == Self.now.adding(seconds: month))
        #expect(evaluation(month - 1).reasons == [.newDevice, .graceRunning])
        #expect(evaluation(month).requirement == .enroll && evaluation(month).reasons.last == .graceOver)
        #expect(evaluation(-1).requirement == .enroll, "a clock that was set back opens nothing")
        #expect(evaluation(0) { $0.sensitivity = .sensitive }.requirement == .enroll)
        #expect(evaluation(0) { $0.usableKinds = [.email] }.requirement == .allow, "e-mail is no factor here")
        #expect(evaluation(month) { $0.usableKinds = [.email] }.requirement == .enroll)
        #expect(evaluation(0).recommended == [.push, .totp, .hotp, .sms])
    }

    @Test("Reporting a factor lost, or having it locked, is no way into grace")
    func unusable() {
        let evaluation = decide {
            $0.usableKinds = []
            $0.unusableKinds = [.totp]
            $0.device = .new
        }
        #expect(evaluation.requirement == .prompt && evaluation.offers.isEmpty)
        #expect(evaluation.reasons == [.newDevice, .factorsUnusable])
    }

    @Test("Who is not obliged is let go on without a factor, but for what is sensitive")
    func notEnforced() {
        let policy = Self.policy { $0.allUsers = false }
        #expect(decide(policy) { $0.usableKinds = [] }.reasons == [.notEnforced])
        #expect(decide(policy) { $0.usableKinds = [] }.graceEndsAt == nil)
        #expect(decide(policy) { ($0.usableKinds, $0.sensitivity) = ([], .sensitive) }.requirement == .enroll)
        let some = Self.policy { ($0.allUsers, $0.groups) = (false, ["staff"]) }
        #expect(
            decide(some) { ($0.usableKinds, $0.groups, $0.graceStartedAt) = ([], ["staff"], nil) }.requirement
                == .enroll)
    }

    @Test("Service accounts are left out where the policy says so")
    func serviceAccounts() {
        let facts: (inout EvaluationFacts) -> Void = {
            ($0.subjectKind, $0.sensitivity) = (.serviceAccount, .sensitive)
        }
        #expect(decide(Self.policy(), facts).reasons == [.serviceAccountExcluded])
        #expect(decide(Self.policy { $0.excludesServiceAccounts = false }, facts).requirement == .require)
    }

    @Test("Break-glass lets through until its end, and only that subject of that tenant")
    func breakGlass() {
        let policy = Policy(
            version: "test",
            breakGlass: [BreakGlass(tenant: "t", subject: "alice", until: Self.now.adding(seconds: 10), reason: "")])
        var facts = Self.calm
        facts.sensitivity = .sensitive
        #expect(policy.decide(facts, at: Self.now).reasons == [.breakGlass])
        #expect(policy.decide(facts, at: Self.now.adding(seconds: 9)).requirement == .allow)
        #expect(policy.decide(facts, at: Self.now.adding(seconds: 10)).requirement == .require)
        for key in [SubjectKey(tenant: "u", subject: "alice"), SubjectKey(tenant: "t", subject: "Alice")] {
            facts.key = key
            #expect(policy.decide(facts, at: Self.now).requirement == .require)
        }
    }

    @Test("An authenticator app goes before SMS; a better kind than the subject has is recommended")
    func order() {
        let evaluation = decide {
            $0.device = .new
            $0.usableKinds = [.sms, .backupCodes, .totp]
        }
        #expect(evaluation.offers == [.totp, .sms, .backupCodes] && evaluation.recommended == [.push])
        let sms = decide { ($0.device, $0.usableKinds) = (.new, [.sms]) }
        #expect(sms.recommended == [.push, .totp, .hotp])
    }

    @Test("A kind the policy does not take does not answer; while grace runs it does for whoever has no other")
    func kinds() {
        let policy = Self.policy { $0.kinds = [.totp] }
        let facts: (inout EvaluationFacts) -> Void = {
            $0.device = .new
            $0.usableKinds = [.sms]
            $0.verification = nil
        }
        #expect(decide(policy, facts).requirement == .prompt && decide(policy, facts).offers == [.sms])
        let over = decide(policy) {
            facts(&$0)
            $0.graceStartedAt = Self.now.adding(seconds: -31 * 86_400)
        }
        #expect(over.requirement == .enroll && over.offers.isEmpty)
    }

    // MARK: - Properties

    /// Facts and a policy by chance.
    private struct Chance {
        var entropy: SeededEntropy

        mutating func below(_ bound: UInt64) -> Int { Int(entropy.next() % bound) }
        mutating func bool() -> Bool { below(2) == 0 }
        mutating func pick<Value>(_ values: [Value]) -> Value { values[below(UInt64(values.count))] }

        mutating func policy() -> Policy {
            var rules = PolicyRules()
            rules.allUsers = bool()
            rules.groups = bool() ? ["staff"] : []
            rules.excludesServiceAccounts = bool()
            rules.responses = [:]
            for rule in RiskRule.allCases where below(3) > 0 { rules.responses[rule] = pick(RiskResponse.allCases) }
            rules.highRiskScore = 1 + below(100)
            rules.sensitiveActions = bool() ? [NamePattern("pay*")] : []
            rules.ordinaryActions = bool() ? [NamePattern("sign_in")] : []
            rules.level = pick([.aal1, .aal2])
            if bool() { rules.kinds = [.totp, .sms] }
            rules.maximumAgeSeconds = bool() ? pick([60, 3_600, 86_400]) : nil
            return Policy(version: "random", rules: rules)
        }

        mutating func facts() -> EvaluationFacts {
            let kinds: [Set<FactorKind>] = [[], [.totp], [.sms], [.email], [.push, .backupCodes], [.totp, .sms]]
            return EvaluationFacts(
                key: SubjectKey(tenant: "t", subject: "s"), subjectKind: pick(Profile.Kind.allCases),
                groups: bool() ? ["staff"] : [], action: pick(["", "sign_in", "pay.out", "other"]),
                sensitivity: pick([nil, .ordinary, .sensitive]), device: pick(EvaluationFacts.Device.allCases),
                isLocationNew: bool(), riskScore: bool() ? 1 + below(100) : nil, usableKinds: pick(kinds),
                unusableKinds: pick(kinds),
                verification: bool()
                    ? .init(
                        kind: pick(FactorKind.allCases), level: pick([nil, .aal1, .aal2]),
                        ageSeconds: pick([-5, 0, 299, 301, 3_599, 86_399, 86_401, 9_999_999]), isForAction: bool())
                    : nil,
                graceStartedAt: pick([nil, PolicyRuleTests.now, PolicyRuleTests.now.adding(seconds: -40 * 86_400)]))
        }
    }

    @Test("Raising any one risk, or knowing less, never makes less of the answer (CONTROLS rows 80 and 81)")
    func monotone() {
        var chance = Chance(entropy: SeededEntropy(seed: 4))
        for _ in 0..<20_000 {
            let (policy, facts) = (chance.policy(), chance.facts())
            let before = policy.decide(facts, at: Self.now)
            func never(_ what: String, _ change: (inout EvaluationFacts) -> Void) {
                var changed = facts
                change(&changed)
                let after = policy.decide(changed, at: Self.now)
                #expect(after.requirement >= before.requirement, "\(what): \(facts), \(policy.rules)")
            }
            if facts.device == .remembered { never("only known") { $0.device = .known } }
            never("new device") { $0.device = .new }
            never("new place") { $0.isLocationNew = true }
            never("sensitive") { $0.sensitivity = .sensitive }
            never("nothing said") { if $0.sensitivity == .ordinary { $0.sensitivity = nil } }
            never("no score") { $0.riskScore = nil }
            never("higher score") { $0.riskScore = $0.riskScore.map { min(100, $0 + 10) } }
            never("no verification") { $0.verification = nil }
            never("older") { if ($0.verification?.ageSeconds ?? -1) >= 0 { $0.verification?.ageSeconds += 1_000 } }
            never("for nothing") { $0.verification?.isForAction = false }
            never("worth less") { $0.verification?.level = nil }
            never("grace over") { $0.graceStartedAt = nil }
        }
    }

    @Test("A stricter response never makes less of the answer")
    func stricter() {
        var chance = Chance(entropy: SeededEntropy(seed: 5))
        for _ in 0..<10_000 {
            let (policy, facts) = (chance.policy(), chance.facts())
            let before = policy.decide(facts, at: Self.now).requirement
            for (index, rule) in RiskRule.allCases.enumerated() {
                let responses = RiskResponse.allCases
                let now = responses.firstIndex(of: policy.rules.responses[rule] ?? .allow) ?? 0
                guard now + 1 < responses.count else { continue }
                var rules = policy.rules
                rules.responses[rule] = responses[now + 1]
                let after = Policy(version: "\(index)", rules: rules).decide(facts, at: Self.now).requirement
                #expect(after >= before, "\(rule): \(facts), \(policy.rules)")
            }
        }
    }
}
