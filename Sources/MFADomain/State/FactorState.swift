/// Where a factor stands. Raw values are stored and are those of the wire; append only.
public enum FactorState: Int, Sendable, Hashable, CaseIterable {
    /// Waits for a first code; may become active or expired, or be revoked.
    case pendingActivation = 1
    /// Counts for verification; may become suspended or revoked.
    case active = 2
    /// Proves nothing until resumed; may become active or revoked.
    case suspended = 3
    /// Final.
    case revoked = 4
    /// Was pending too long or failed too often. Final.
    case expired = 5
}
