/// What the policy asks of one subject for one action, after all overrides. Defaults are the policy file's.
public struct PolicyRules: Sendable, Hashable {
    /// True obliges everybody; else only `groups` are.
    public var allUsers = true
    /// Who is obliged where `allUsers` is false.
    public var groups: Set<String> = []
    /// How long a subject without a factor may go on, from its first PutSubject or Evaluate.
    public var graceSeconds: Int64 = 30 * 86_400
    public var excludesServiceAccounts = true
    /// Rules that are not named allow.
    public var responses: [RiskRule: RiskResponse] = [
        .newDevice: .prompt, .newLocation: .prompt, .sensitiveAction: .require,
    ]
    /// The caller's score, 1 to 100, that counts as high.
    public var highRiskScore = 70
    public var sensitiveActions: [NamePattern] = []
    /// Actions whose sensitivity a caller need not state.
    public var ordinaryActions: [NamePattern] = []
    /// What a verification must be worth at least.
    public var level = Assurance.Level.aal1
    public var needsPhishingResistance = false
    /// Kinds that count, in order of preference.
    public var kinds: [FactorKind] = [.push, .totp, .hotp, .sms, .backupCodes, .temporaryAccessCode]
    /// How old a verification may be in any case; nil for as long as its level allows.
    public var maximumAgeSeconds: Int64?
    /// How long a device stays remembered; 0 for never.
    public var rememberedDeviceSeconds: Int64 = 30 * 86_400
    public var maxRememberedDevices = 10

    public init() {}

    /// How old a verification may be by its level alone (NIST SP 800-63B-4, sections 2.1.3 and 2.2.3).
    static func longestAgeSeconds(_ level: Assurance.Level) -> Int64 {
        switch level {
        case .aal1: 30 * 86_400
        case .aal2: 86_400
        }
    }

    func response(_ rule: RiskRule) -> RiskResponse { responses[rule] ?? .allow }

    func obliges(_ groups: [String]) -> Bool {
        allUsers || groups.contains { self.groups.contains($0) }
    }
}
