/// What a factor is. Raw values are stored and are those of the wire; append only.
public enum FactorKind: Int, Sendable, Hashable, CaseIterable {
    case totp = 1
    case backupCodes = 7

    /// Authentication method references (RFC 8176) of a proof by this kind.
    public var amr: [String] {
        // RFC 8176 has no word of its own for look-up secrets; "otp" covers one-time passwords of any origin.
        ["otp"]
    }
}
