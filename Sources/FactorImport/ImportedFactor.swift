public import MFADomain

/// One factor as another system kept it, checked by our own rules.
public struct ImportedFactor: Sendable, Hashable {
    public enum Credential: Sendable, Hashable {
        /// - lastStep: No step up to this one may be accepted; nil where the source does not say.
        /// - driftSteps: How many periods the token's clock is ahead of the time (RFC 6030, section 4.1, TimeDrift).
        case totp(secret: [UInt8], parameters: TOTPParameters, lastStep: Int64?, driftSteps: Int)
        /// - counter: The next one that may be accepted, at most 2^63 - 1.
        case hotp(secret: [UInt8], algorithm: HashAlgorithm, digits: Int, counter: UInt64)
        /// Hashes of unspent codes, all different.
        case backupCodes([BackupCodeHash])
    }

    public let credential: Credential
    /// The caller's id of the person; empty where the source does not say.
    public let subject: String
    /// Empty where the source does not say, like the two after it.
    public let issuer: String
    /// Holds no colon.
    public let account: String
    /// A name for people, at most 64 characters.
    public let name: String
    public let warnings: Set<ImportWarning>
}
