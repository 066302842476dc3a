/// All that a policy decision depends on besides the policy and the moment.
public struct EvaluationFacts: Sendable, Hashable {
    /// Raw values are stored; append only. In order of risk.
    public enum Device: Int, Sendable, Hashable, CaseIterable {
        case remembered = 1
        /// Seen at an earlier verification.
        case known = 2
        /// Never seen, or nothing was said of it.
        case new = 3
    }

    /// Raw values are stored and are those of the wire; append only.
    public enum Sensitivity: Int, Sendable, Hashable, CaseIterable {
        case ordinary = 1
        case sensitive = 2
    }

    /// A verification that the caller points to.
    public struct Verification: Sendable, Hashable {
        public var kind: FactorKind
        public var level: Assurance.Level?
        public var ageSeconds: Int64
        /// True when it was made for the action in question.
        public var isForAction: Bool

        public init(kind: FactorKind, level: Assurance.Level?, ageSeconds: Int64, isForAction: Bool) {
            self.kind = kind
            self.level = level
            self.ageSeconds = ageSeconds
            self.isForAction = isForAction
        }
    }

    public var key: SubjectKey
    public var subjectKind: Profile.Kind
    public var groups: [String]
    /// Empty when none was named.
    public var action: String
    /// What the caller says of the action; nil for nothing.
    public var sensitivity: Sensitivity?
    public var device: Device
    public var isLocationNew: Bool
    /// 1 to 100; nil when none was given, which counts as the highest.
    public var riskScore: Int?
    /// Kinds of the subject's ACTIVE factors that are not locked.
    public var usableKinds: Set<FactorKind>
    /// Kinds of its other factors that are not ended: locked or suspended ones.
    public var unusableKinds: Set<FactorKind>
    public var verification: Verification?
    /// When its grace began; nil when it has not.
    public var graceStartedAt: Timestamp?

    public init(
        key: SubjectKey, subjectKind: Profile.Kind = .human, groups: [String] = [], action: String = "",
        sensitivity: Sensitivity? = nil, device: Device = .new, isLocationNew: Bool = true, riskScore: Int? = nil,
        usableKinds: Set<FactorKind> = [], unusableKinds: Set<FactorKind> = [], verification: Verification? = nil,
        graceStartedAt: Timestamp? = nil
    ) {
        self.key = key
        self.subjectKind = subjectKind
        self.groups = groups
        self.action = action
        self.sensitivity = sensitivity
        self.device = device
        self.isLocationNew = isLocationNew
        self.riskScore = riskScore
        self.usableKinds = usableKinds
        self.unusableKinds = unusableKinds
        self.verification = verification
        self.graceStartedAt = graceStartedAt
    }
}
