/// Rules that differ for some tenants, groups or actions. Of several that match, a later one wins.
public struct PolicyOverride: Sendable, Hashable {
    /// Empty for every tenant.
    public var tenants: [NamePattern] = []
    /// A subject in any of them; empty for every subject.
    public var groups: Set<String> = []
    /// Empty for every action.
    public var actions: [NamePattern] = []
    public var changes = Changes()

    /// What differs; nil for as before.
    public struct Changes: Sendable, Hashable {
        public var allUsers: Bool?
        public var groups: Set<String>?
        public var graceSeconds: Int64?
        public var excludesServiceAccounts: Bool?
        /// By rule; the others stay.
        public var responses: [RiskRule: RiskResponse] = [:]
        public var highRiskScore: Int?
        public var sensitiveActions: [NamePattern]?
        public var ordinaryActions: [NamePattern]?
        public var level: Assurance.Level?
        public var needsPhishingResistance: Bool?
        public var kinds: [FactorKind]?
        public var maximumAgeSeconds: Int64?
        public var rememberedDeviceSeconds: Int64?
        public var maxRememberedDevices: Int?

        public init() {}
    }

    public init() {}

    func matches(tenant: String, groups: [String], action: String) -> Bool {
        (tenants.isEmpty || tenants.contains { $0.matches(tenant) })
            && (self.groups.isEmpty || groups.contains { self.groups.contains($0) })
            && (actions.isEmpty || actions.contains { $0.matches(action) })
    }
}

extension PolicyRules {
    /// With what differs.
    public mutating func apply(_ changes: PolicyOverride.Changes) {
        allUsers = changes.allUsers ?? allUsers
        groups = changes.groups ?? groups
        graceSeconds = changes.graceSeconds ?? graceSeconds
        excludesServiceAccounts = changes.excludesServiceAccounts ?? excludesServiceAccounts
        responses.merge(changes.responses) { _, new in new }
        highRiskScore = changes.highRiskScore ?? highRiskScore
        sensitiveActions = changes.sensitiveActions ?? sensitiveActions
        ordinaryActions = changes.ordinaryActions ?? ordinaryActions
        level = changes.level ?? level
        needsPhishingResistance = changes.needsPhishingResistance ?? needsPhishingResistance
        kinds = changes.kinds ?? kinds
        maximumAgeSeconds = changes.maximumAgeSeconds ?? maximumAgeSeconds
        rememberedDeviceSeconds = changes.rememberedDeviceSeconds ?? rememberedDeviceSeconds
        maxRememberedDevices = changes.maxRememberedDevices ?? maxRememberedDevices
    }
}
