/// The unspent codes of a set, as hashes. A spent one is removed.
public struct BackupCodeSet: Sendable, Hashable {
    public static let digestByteCount = 16

    public let total: Int
    /// `digestByteCount` bytes each, joined.
    public private(set) var digests: [UInt8]
    /// How the codes were hashed where they came from; nil for our own.
    public let algorithm: HashAlgorithm?

    public init(total: Int, digests: [UInt8], algorithm: HashAlgorithm? = nil) {
        self.total = total
        self.digests = digests
        self.algorithm = algorithm
    }

    /// The digest of what a person typed; nil when it has not the form of a code.
    func digest(typed: String, of factorID: FactorID, _ lookupSecrets: LookupSecretHash) -> [UInt8]? {
        guard let algorithm else { return BackupCode(typed: typed).map { lookupSecrets.digest($0, of: factorID) } }
        // Only the text as it was shown has the hash that came.
        return lookupSecrets.digest(foreign: algorithm.hash(typed), of: factorID)
    }

    public var left: Int { digests.count / Self.digestByteCount }

    /// Spends a code. Every digest is compared, byte by byte to the end, so that time tells nothing.
    mutating func spend(_ digest: [UInt8]) -> Bool {
        guard digest.count == Self.digestByteCount else { return false }
        var found: Int?
        for start in stride(from: 0, to: left * Self.digestByteCount, by: Self.digestByteCount) {
            var difference: UInt8 = 0
            for offset in 0..<Self.digestByteCount { difference |= digests[start + offset] ^ digest[offset] }
            if difference == 0 { found = start }
        }
        guard let found else { return false }
        digests.removeSubrange(found..<found + Self.digestByteCount)
        return true
    }
}

extension SubjectState {
    /// Ends the present set, if any, and makes a new one.
    ///
    /// - Returns: the new factor and its codes as shown to people, the only time they exist in clear.
    mutating func issueBackupCodes(_ context: inout DecisionContext) -> (factor: Factor, codes: [String]) {
        endBackupCodes()
        let id = FactorID(entropy: &context.entropy)
        let codes = (0..<context.settings.policy.recovery.backupCodeCount).map { _ in
            BackupCode(groups: context.settings.backupCodeGroups, entropy: &context.entropy)
        }
        let set = BackupCodeSet(
            total: codes.count, digests: codes.flatMap { context.lookupSecrets.digest($0, of: id) })
        var factor = Factor(
            id: id, kind: .backupCodes, state: .active, name: "", createdAt: context.now,
            credential: .backupCodes(set), binding: .waived)
        factor.activatedAt = context.now
        factors.append(factor)
        settleEndedFactors(at: context.now)
        return (factor, codes.map(\.text))
    }

    /// How long no other backup code is looked at after one was accepted.
    func backupCodeWaitMilliseconds(_ context: DecisionContext) -> Int64 {
        let interval = context.settings.policy.recovery.backupCodeIntervalSeconds
        let last = recentVerifications.last { factor($0.factorID)?.kind == .backupCodes }
        guard let last, context.now >= last.at else { return 0 }
        return max(0, interval * 1000 - context.now.millisecondsSince(last.at))
    }

    mutating func endBackupCodes() {
        for index in factors.indices where factors[index].backupCodes != nil {
            factors[index].end(as: .revoked)
        }
    }
}
