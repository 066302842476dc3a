import MFADomain
import PolicyFile
import Testing

struct PolicyFileTests {
    static let seed = """
        mfa_enforcement:
          all_users: true
          grace_period: 30_days
          exclude_service_accounts: true
          risk_based_prompting:
            - new_device: prompt_mfa
            - new_location: prompt_mfa
            - sensitive_action: require_mfa
          recovery:
            backup_codes: 10
            admin_recovery: "verify_with_id"
            recovery_timeout: 24_hours

        """

    @Test("The seed's block loads unchanged and is the default")
    func seed() throws {
        let policy = try PolicyFile.read(Self.seed, file: "p.yaml")
        #expect(policy.rules == Policy.standard.rules && policy.recovery == Policy.standard.recovery)
        #expect(policy.overrides.isEmpty && policy.breakGlass.isEmpty && policy.outage == .closed)
        #expect(policy.historySeconds == Policy.standard.historySeconds)
    }

    @Test("The version is the text's: another text has another one, the same has the same")
    func version() throws {
        let version = try PolicyFile.read(Self.seed, file: "a").version
        #expect(version.count == 12)
        #expect(try PolicyFile.read(Self.seed, file: "b").version == version)
        #expect(try PolicyFile.read(Self.seed + "# new\n", file: "a").version != version)
    }

    @Test("Every key is read")
    func everyKey() throws {
        let policy = try PolicyFile.read(
            """
            mfa_enforcement:
              all_users: false
              groups: [staff]
              grace_period: 90_minutes
              exclude_service_accounts: false
              risk_based_prompting:
                - every_sign_in: prompt_mfa
                - high_risk: deny
              high_risk_score: 80
              sensitive_actions: [payment.*]
              ordinary_actions: [sign_in]
              assurance: {aal: 2, phishing_resistant: false}
              factors: [totp, backup_codes]
              maximum_age: 12_hours
              remembered_devices: {lifetime: 1_week, max: 3}
              history: 10_days
              outage: open
              break_glass:
                - {tenant: acme, subject: root, until: "2027-01-31T12:00:00Z", reason: drill}
              recovery: {backup_codes: 8, admin_recovery: disabled, recovery_timeout: 2_days, hold: 1_day, max_per_year: 2}
              overrides:
                - tenants: [acme, b*]
                  for_groups: [admins]
                  actions: [payment.*]
                  set: {all_users: true, grace_period: 0_days, risk_based_prompting: [{new_device: deny}]}
            """, file: "p.yaml")
        var rules = PolicyRules()
        rules.allUsers = false
        rules.groups = ["staff"]
        rules.graceSeconds = 5_400
        rules.excludesServiceAccounts = false
        rules.responses = [.everySignIn: .prompt, .highRisk: .deny]
        rules.highRiskScore = 80
        rules.sensitiveActions = [NamePattern("payment.*")]
        rules.ordinaryActions = [NamePattern("sign_in")]
        rules.level = .aal2
        rules.kinds = [.totp, .backupCodes]
        rules.maximumAgeSeconds = 43_200
        rules.rememberedDeviceSeconds = 604_800
        rules.maxRememberedDevices = 3
        #expect(policy.rules == rules)
        #expect(policy.historySeconds == 864_000 && policy.outage == .open)
        #expect(
            policy.breakGlass == [
                BreakGlass(tenant: "acme", subject: "root", until: Timestamp(seconds: 1_801_396_800), reason: "drill")
            ])
        #expect(policy.recovery.backupCodeCount == 8 && policy.recovery.adminRecovery == .disabled)
        #expect(policy.recovery.timeoutSeconds == 172_800 && policy.recovery.holdSeconds == 86_400)
        #expect(policy.recovery.maxPerYear == 2)
        rules.allUsers = true
        rules.graceSeconds = 0
        rules.responses[.newDevice] = .deny
        #expect(policy.rules(tenant: "beta", groups: ["x", "admins"], action: "payment.create") == rules)
        #expect(policy.rules(tenant: "beta", groups: ["x"], action: "payment.create") == policy.rules)
        #expect(policy.rules(tenant: "other", groups: ["admins"], action: "payment.create") == policy.rules)
        #expect(policy.rules(tenant: "acme", groups: ["admins"], action: "pay") == policy.rules)
    }

    @Test(
        "What is unknown, impossible or contradicts itself is refused with line and column",
        arguments: [
            ("", "1:1", "says nothing"),
            ("mfa_enforcement: [\n", "2:1", "is not YAML"),
            ("other: {}", "1:1", "expected the key mfa_enforcement"),
            ("mfa_enforcement: {}\nmore: 1\n", "2:1", "unknown key"),
            ("mfa_enforcement:\n  all_user: true", "2:3", "unknown key"),
            ("mfa_enforcement:\n  all_users: yes", "2:14", "expected true or false"),
            ("mfa_enforcement:\n  all_users: \"true\"", "2:14", "expected true or false"),
            ("mfa_enforcement:\n  all_users: true\n  all_users: false", "2:3", "given twice"),
            ("mfa_enforcement:\n  grace_period: 30", "2:17", "expected a duration"),
            ("mfa_enforcement:\n  grace_period: -1_days", "2:17", "expected a duration"),
            ("mfa_enforcement:\n  grace_period: 01_days", "2:17", "expected a duration"),
            ("mfa_enforcement:\n  grace_period: 9999999999999999_weeks", "2:17", "expected 0_seconds to 3650_days"),
            ("mfa_enforcement:\n  maximum_age: 0_days", "2:16", "expected 1_minutes to 30_days"),
            ("mfa_enforcement:\n  all_users: true\n  groups: [a]", "3:11", "means nothing beside all_users"),
            ("mfa_enforcement:\n  risk_based_prompting:\n  - new_device: ask", "3:17", "expected allow, prompt_mfa"),
            ("mfa_enforcement:\n  risk_based_prompting:\n  - new_divice: deny", "3:5", "expected every_sign_in"),
            (
                "mfa_enforcement:\n  risk_based_prompting:\n  - new_device: deny\n  - new_device: allow", "4:5",
                "given twice"
            ),
            ("mfa_enforcement:\n  factors: []", "2:12", "at least one"),
            ("mfa_enforcement:\n  factors: [totp, totp]", "2:19", "given twice"),
            ("mfa_enforcement:\n  factors: [email]", "2:13", "by e-mail"),
            ("mfa_enforcement:\n  assurance: {phishing_resistant: true}", "2:14", "can be met by no factor"),
            ("mfa_enforcement:\n  assurance: {aal: 3}", "2:20", "expected 1 to 2"),
            ("mfa_enforcement:\n  sensitive_actions: [a]\n  ordinary_actions: [a]", "3:21", "among the sensitive"),
            ("mfa_enforcement:\n  high_risk_score: 5", "2:20", "means nothing without the rule"),
            ("mfa_enforcement:\n  sensitive_actions: [a*b]", "2:23", "elsewhere than at its end"),
            ("mfa_enforcement:\n  recovery: {hold: 2_days}", "2:20", "nobody could recover"),
            ("mfa_enforcement:\n  recovery: {backup_codes: 21}", "2:28", "expected 0 to 20"),
            ("mfa_enforcement:\n  overrides: [{set: {all_users: false}}]", "2:15", "expected tenants, for_groups"),
            ("mfa_enforcement:\n  overrides: [{tenants: [a]}]", "2:15", "expected the key set"),
            ("mfa_enforcement:\n  overrides: [{tenants: [a], set: {}}]", "2:35", "changes nothing"),
            ("mfa_enforcement:\n  overrides: [{tenants: [a], set: {outage: open}}]", "2:36", "unknown key"),
            ("mfa_enforcement:\n  break_glass: [{tenant: a, subject: b, until: never}]", "2:48", "expected a moment"),
            ("mfa_enforcement:\n  outage: maybe", "2:11", "expected closed, open"),
        ])
    func refused(_ text: String, _ place: String, _ problem: String) {
        do {
            _ = try PolicyFile.read(text, file: "p.yaml")
            Issue.record("was taken")
        } catch {
            #expect(error.description.hasPrefix("p.yaml:\(place): "), "\(error)")
            #expect(error.description.contains(problem), "\(error)")
        }
    }

    @Test("Text that would take too much stack, or is too long, is refused before it is read")
    func hostile() {
        for text in [
            String(repeating: "[", count: 30_000), String(repeating: "{a: ", count: 10_000),
            String(repeating: "- ", count: 30_000) + "a", String(repeating: "? ", count: 30_000) + "a",
            String(repeating: " ", count: 70_000),
        ] {
            #expect(throws: PolicyFileError.self) { try PolicyFile.read(text, file: "p.yaml") }
        }
        var lines = ""
        for depth in 0..<300 { lines += String(repeating: " ", count: depth) + "a:\n" }
        #expect(throws: PolicyFileError.self) { try PolicyFile.read(lines, file: "p.yaml") }
    }
}
