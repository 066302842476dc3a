/// What makes a sign-in worth a question. The raw value is the word of the policy file.
public enum RiskRule: String, Sendable, Hashable, CaseIterable {
    /// Always.
    case everySignIn = "every_sign_in"
    case newDevice = "new_device"
    case newLocation = "new_location"
    case sensitiveAction = "sensitive_action"
    /// The caller's own score is at the policy's mark or above, or is not given.
    case highRisk = "high_risk"

    public var reason: EvaluationReason {
        switch self {
        case .everySignIn: .everySignIn
        case .newDevice: .newDevice
        case .newLocation: .newLocation
        case .sensitiveAction: .sensitiveAction
        case .highRisk: .highRisk
        }
    }
}

/// What a rule asks for where it applies. The raw value is the word of the policy file.
public enum RiskResponse: String, Sendable, Hashable, CaseIterable {
    case allow
    case prompt = "prompt_mfa"
    case require = "require_mfa"
    case deny

    public var requirement: Requirement {
        switch self {
        case .allow: .allow
        case .prompt: .prompt
        case .require: .require
        case .deny: .deny
        }
    }
}
