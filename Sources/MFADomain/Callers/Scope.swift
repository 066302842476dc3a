/// What a caller may do. The raw value is the word used in the configuration.
public enum Scope: String, Sendable, Hashable, CaseIterable {
    case enroll
    case verify
    case evaluate
    case recover
    case approveRecovery = "approve-recovery"
    case administer
    case audit
    /// Relay what a person's device answered.
    case relay
    /// Receive a code instead of having it delivered.
    case returnCode = "return-code"
    /// State that a primary factor was checked.
    case assertPrimary = "assert-primary"
    /// Get the keys of receipts, and spend receipts that were made for this caller.
    case checkReceipts = "check-receipts"
    /// Name a person's device by a fingerprint.
    case assertDevice = "assert-device"
    /// State a person's network address and place.
    case assertNetwork = "assert-network"
    /// State a risk score.
    case assertRisk = "assert-risk"
    /// Add factors to a subject that has some, without a proof of one.
    case bindWithoutProof = "bind-without-proof"
}
