import MFADomain
import PolicyFile
import Testing

@Suite("Cases that operators keep of their policy")
struct PolicyCaseTests {
    static let now = Timestamp(seconds: 1_700_000_000)

    static let policy = """
        mfa_enforcement:
          grace_period: 30_days
          risk_based_prompting:
            - new_device: prompt_mfa
            - new_location: prompt_mfa
            - sensitive_action: require_mfa
          break_glass:
            - {tenant: acme, subject: root, until: "2027-01-31T12:00:00Z", reason: drill}
          overrides:
            - for_groups: [admins]
              set: {maximum_age: 8_hours}
        """

    private func failures(_ cases: String) throws -> [String] {
        let policy = try PolicyFile.read(Self.policy, file: "p.yaml")
        return try PolicyFile.readCases(cases, file: "c.yaml").compactMap { one in
            one.failure(under: policy, at: Self.now).map { "\(one.line) \(one.name): \($0)" }
        }
    }

    @Test("Everything that an answer depends on can be said")
    func everyKey() throws {
        let cases = """
            cases:
              - name: a known laptop goes through
                when: {action: sign_in, sensitivity: ordinary, device: known, location: known, factors: [totp]}
                expect: allow
                reasons: []
              - name: nothing said is nothing known
                when: {factors: [totp, backup_codes]}
                expect: require
                reasons: [new_device, new_location, sensitive_action]
              - name: a locked factor
                when: {sensitivity: ordinary, device: new, location: known, unusable_factors: [sms]}
                expect: prompt
                reasons: [new_device, factors_unusable]
              - name: grace runs
                when: {sensitivity: ordinary, grace_age: 29_days}
                expect: allow
              - name: grace is over
                when: {sensitivity: ordinary, grace_age: 30_days}
                expect: enroll
                reasons: [new_device, new_location, grace_over]
              - name: grace that begins now
                when: {sensitivity: ordinary}
                expect: allow
              - name: a remembered device
                when: {sensitivity: ordinary, device: remembered, location: new, factors: [totp]}
                expect: allow
                reasons: [new_location, device_remembered]
              - name: a fresh verification for the action
                when:
                  action: pay
                  sensitivity: sensitive
                  factors: [totp]
                  verification: {factor: totp, age: 4_minutes, for_action: true, aal: 2}
                expect: allow
              - name: and one that is not fresh
                when:
                  action: pay
                  sensitivity: sensitive
                  factors: [totp]
                  verification: {factor: totp, age: 6_minutes, for_action: true}
                expect: require
              - name: administrators prove it every eight hours
                when: {groups: [admins], sensitivity: ordinary, device: known, location: known, factors: [totp]}
                expect: prompt
                reasons: [verification_too_old]
              - name: service accounts
                when: {kind: service_account, risk_score: 100}
                expect: allow
                reasons: [service_account_excluded]
              - name: break-glass while it lasts
                when: {tenant: acme, subject: root, at: "2027-01-31T11:59:59Z"}
                expect: allow
              - name: and no longer
                when: {tenant: acme, subject: root, at: "2027-01-31T12:00:00Z"}
                expect: enroll
            """
        #expect(try failures(cases) == [])
    }

    @Test("A failure names its line, what was expected and what was found; reasons matter where they are given")
    func failing() throws {
        let cases = """
            cases:
              - name: wrong answer
                when: {device: known, location: known, sensitivity: ordinary, factors: [totp]}
                expect: prompt

              - name: wrong reasons
                when: {device: new, location: known, sensitivity: ordinary, factors: [totp]}
                expect: prompt
                reasons: [new_location]
              - name: right answer, whatever the reasons
                when: {device: new, location: known, sensitivity: ordinary, factors: [totp]}
                expect: prompt
            """
        #expect(
            try failures(cases) == [
                "2 wrong answer: expected prompt, found allow without a reason",
                "6 wrong reasons: expected prompt (new_location), found prompt (new_device)",
            ])
    }

    @Test(
        "What is unknown or impossible is refused with its place",
        arguments: [
            ("", "1:1: says nothing; expected the key cases"),
            ("case: []", "1:1: expected the key cases"),
            ("cases: []", "1:8: cases: expected at least one case"),
            ("cases:\n  - expect: allow", "2:5: cases[0]: expected the key name"),
            ("cases:\n  - name: a", "2:5: cases[0]: expected the key expect"),
            ("cases:\n  - name: a\n    expect: maybe", "3:13: cases[0].expect: expected allow, prompt, require, "),
            ("cases:\n  - {name: a, expect: deny, wen: {}}", "2:29: cases[0].wen: unknown key, expected "),
            (
                "cases:\n  - name: a\n    expect: deny\n    when:\n      devise: new",
                "5:7: cases[0].when.devise: unknown"
            ),
            ("cases:\n  - {name: a, expect: deny, when: {device: old}}", "2:44: cases[0].when.device: expected rem"),
            (
                "cases:\n  - {name: a, expect: deny, when: {risk_score: 0}}",
                "2:48: cases[0].when.risk_score: expected 1"
            ),
            ("cases:\n  - {name: a, expect: deny, reasons: [new_moon]}", "2:39: cases[0].reasons[0]: expected every"),
            ("cases:\n  - {name: a, expect: deny, when: {verification: {age: 1_days}}}", "expected the key factor"),
            (
                "cases:\n  - {name: a, expect: deny, when: {verification: {factor: totp, age: 1_days, for_action: true}}}",
                "verification.for_action: there is no action that it is for"
            ),
            ("cases:\n  - &a {name: a, expect: deny}\n  - *a", "2:5: has an anchor"),
        ])
    func refused(_ text: String, _ problem: String) {
        let error = #expect(throws: PolicyFileError.self) { try PolicyFile.readCases(text, file: "c.yaml") }
        #expect(error?.description.contains(problem) == true, "\(error?.description ?? "")")
    }

    @Test("A few anchors that stand for billions of nodes are refused at once, however they are written")
    func bomb() {
        func text(_ first: String, _ mark: String) -> String {
            (1...30).reduce(first) { text, level in
                "\(text)\nk\(level): \(mark)a\(level) [\(Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ","))]"
            } + "\n? *a30\n: 1"
        }
        for (first, mark) in [("k0: &a0 x", "&"), ("\"k#\": &a0 x", "&"), ("{it's: 1, k0: [&a0 x]}", "&")] {
            let error = #expect(throws: PolicyFileError.self) { try PolicyFile.read(text(first, mark), file: "p") }
            #expect(error?.problem.contains("anchor") == true)
        }
        #expect(throws: Never.self) {
            try PolicyFile.read("# R&D & co\nmfa_enforcement: {groups: [\"a&b\"], all_users: false}", file: "p")
        }
    }
}
