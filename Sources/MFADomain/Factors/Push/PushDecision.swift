/// What a person answers on a device.
public enum PushDecision: String, Sendable, Hashable, CaseIterable {
    case approve
    case deny
    /// The person did not start this.
    case denyAsFraud = "deny_fraud"
}
