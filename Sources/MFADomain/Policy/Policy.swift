/// When to ask, and how to get back in: one policy file, read and checked. Immutable, and a class because every decision
/// holds one.
public final class Policy: Sendable {
    /// Names the text it was read from; every decision cites it.
    public let version: String
    public let rules: PolicyRules
    public let overrides: [PolicyOverride]
    public let breakGlass: [BreakGlass]
    public let recovery: RecoveryRules
    /// How long a device or a place that was not seen again stays in a subject's history.
    public let historySeconds: Int64
    public let outage: OutageMode

    public init(
        version: String, rules: PolicyRules = PolicyRules(), overrides: [PolicyOverride] = [],
        breakGlass: [BreakGlass] = [], recovery: RecoveryRules = RecoveryRules(), historySeconds: Int64 = 90 * 86_400,
        outage: OutageMode = .closed
    ) {
        self.version = version
        self.rules = rules
        self.overrides = overrides
        self.breakGlass = breakGlass
        self.recovery = recovery
        self.historySeconds = historySeconds
        self.outage = outage
    }

    /// What holds where no file is named: what the policy file says by default.
    public static let standard = Policy(version: "default")

    /// What holds for a subject of these groups, for one action.
    public func rules(tenant: String, groups: [String], action: String) -> PolicyRules {
        var rules = rules
        for override in overrides where override.matches(tenant: tenant, groups: groups, action: action) {
            rules.apply(override.changes)
        }
        return rules
    }

    /// Whether it obliges a subject to have a factor, whatever it does.
    public func obliges(_ kind: Profile.Kind, groups: [String], tenant: String) -> Bool {
        let rules = rules(tenant: tenant, groups: groups, action: "")
        return rules.obliges(groups) && !(kind == .serviceAccount && rules.excludesServiceAccounts)
    }
}

extension Policy: Hashable {
    public static func == (lhs: Policy, rhs: Policy) -> Bool {
        lhs === rhs
            || lhs.version == rhs.version && lhs.rules == rhs.rules && lhs.overrides == rhs.overrides
                && lhs.breakGlass == rhs.breakGlass && lhs.recovery == rhs.recovery
                && lhs.historySeconds == rhs.historySeconds && lhs.outage == rhs.outage
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(version)
    }
}

/// Somebody who is let through when all else fails, for a while and with an alarm (CONTROLS row 142).
public struct BreakGlass: Sendable, Hashable {
    public let tenant: String
    public let subject: String
    public let until: Timestamp
    /// For those who read the alarm.
    public let reason: String

    public init(tenant: String, subject: String, until: Timestamp, reason: String) {
        self.tenant = tenant
        self.subject = subject
        self.until = until
        self.reason = reason
    }
}

/// What Evaluate answers while nothing can be read or written. The raw value is the word of the policy file.
public enum OutageMode: String, Sendable, Hashable, CaseIterable {
    /// An error, which a caller must take for a no.
    case closed
    /// ALLOW, with an alarm.
    case open
}

/// How people get back in. Defaults are the policy file's.
public struct RecoveryRules: Sendable, Hashable {
    public enum AdminRecovery: String, Sendable, Hashable, CaseIterable {
        /// Two operators who saw a proof of identity.
        case verifyWithID = "verify_with_id"
        case disabled
    }

    /// Codes in a new set; 0 for none.
    public var backupCodeCount = 10
    /// From one accepted backup code to the next: one sign-in spends at most one (CONTROLS row 42). 0 for none.
    public var backupCodeIntervalSeconds: Int64 = 300
    public var adminRecovery = AdminRecovery.verifyWithID
    /// From its start to the new factor.
    public var timeoutSeconds: Int64 = 86_400
    /// From its approval to the recovery code, in which the person can object.
    public var holdSeconds: Int64 = 0
    /// Recoveries of one subject in 365 days.
    public var maxPerYear = 3

    public init() {}
}
