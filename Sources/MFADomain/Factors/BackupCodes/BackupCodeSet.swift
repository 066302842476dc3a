/// The unspent codes of a set, as hashes. A spent one is removed.
public struct BackupCodeSet: Sendable, Hashable {
    public static let digestByteCount = 16

    public let total: Int
    /// `digestByteCount` bytes each.
    public private(set) var digests: [[UInt8]]

    public init(total: Int, digests: [[UInt8]]) {
        self.total = total
        self.digests = digests
    }

    public var left: Int { digests.count }

    /// Spends a code. Every digest is compared, byte by byte to the end, so that time tells nothing.
    mutating func spend(_ digest: [UInt8]) -> Bool {
        var found: Int?
        for (index, candidate) in digests.enumerated() where Self.areEqual(candidate, digest) {
            found = index
        }
        guard let found else { return false }
        digests.remove(at: found)
        return true
    }

    private static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for (left, right) in zip(left, right) { difference |= left ^ right }
        return difference == 0
    }
}

extension SubjectState {
    /// Ends the present set, if any, and makes a new one.
    ///
    /// - Returns: the new factor and its codes as shown to people, the only time they exist in clear.
    mutating func issueBackupCodes(_ context: inout DecisionContext) -> (factor: Factor, codes: [String]) {
        for index in factors.indices where factors[index].backupCodes != nil {
            factors[index].end(as: .revoked)
        }
        let id = FactorID(entropy: &context.entropy)
        let codes = (0..<context.settings.backupCodeCount).map { _ in
            BackupCode(groups: context.settings.backupCodeGroups, entropy: &context.entropy)
        }
        let set = BackupCodeSet(
            total: codes.count, digests: codes.map { context.lookupSecrets.digest($0, of: id) })
        var factor = Factor(
            id: id, kind: .backupCodes, state: .active, name: "", createdAt: context.now,
            credential: .backupCodes(set), isBoundWithProof: true)
        factor.activatedAt = context.now
        factors.append(factor)
        settleEndedFactors(at: context.now)
        return (factor, codes.map(\.text))
    }
}
