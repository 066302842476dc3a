/// A factor that exists already in another system.
public struct ExistingFactor: Sendable {
    public enum Secret: Sendable, Hashable {
        case totp(TOTPCredential)
        case hotp(HOTPCredential)
        /// Hashes of the codes as they were shown, all by one algorithm.
        case backupCodes(HashAlgorithm, hashes: [[UInt8]])
    }

    public let secret: Secret
    /// True when the other system has seen it proven. Always so of backup codes, which have no first proof to wait for.
    public let isActive: Bool

    public init(secret: Secret, isActive: Bool) {
        self.secret = secret
        if case .backupCodes = secret { self.isActive = true } else { self.isActive = isActive }
    }

    var kind: FactorKind {
        switch secret {
        case .totp: .totp
        case .hotp: .hotp
        case .backupCodes: .backupCodes
        }
    }

    func credential(of id: FactorID, _ lookupSecrets: LookupSecretHash) -> Factor.Credential {
        switch secret {
        case .totp(let credential): .totp(credential)
        case .hotp(let credential): .hotp(credential)
        case .backupCodes(let algorithm, let hashes):
            .backupCodes(
                BackupCodeSet(
                    total: hashes.count, digests: hashes.flatMap { lookupSecrets.digest(foreign: $0, of: id) },
                    algorithm: algorithm))
        }
    }
}
