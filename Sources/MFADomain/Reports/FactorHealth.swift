/// What is wrong with a subject's factors at a moment, so that somebody can mend it before a person is locked out.
public struct FactorHealth: Sendable, Hashable {
    /// Raw values are those of the wire; append only.
    public enum Finding: Int, Sendable, Hashable, CaseIterable {
        /// There is nothing to ask with.
        case noFactor = 1
        case singleFactor = 2
        /// There is a factor, and no code for the day it is lost.
        case noBackupCodes = 3
        case fewBackupCodes = 4
        case unusedFactor = 5
        case lockedFactor = 6
    }

    /// A factor that is unused or locked.
    public struct Ailing: Sendable, Hashable {
        public let factor: Factor
        public let isUnused: Bool
    }

    /// Codes left that are few.
    public static let fewBackupCodes = 3

    /// In the order of their raw values.
    public let findings: [Finding]
    /// ACTIVE factors that count as a second one, locked ones too.
    public let factorCount: Int
    public let backupCodesLeft: Int
    public let ailing: [Ailing]

    /// - Parameters:
    ///   - unusedSeconds: how long a factor may lie idle. Its activation is its first use.
    ///   - expectsBackupCodes: false where the policy makes none.
    public init(of state: SubjectState, at now: Timestamp, unusedSeconds: Int64, expectsBackupCodes: Bool) {
        let active = state.factors.filter { $0.state(at: now) == .active }
        factorCount = active.count { $0.kind.isSecondFactor }
        backupCodesLeft = state.backupCodesLeft
        ailing = active.compactMap { factor in
            let isUnused =
                !factor.kind.isReserve
                && now.isPast(seconds: unusedSeconds, after: factor.lastUsedAt ?? factor.createdAt)
            return isUnused || factor.budget.isLocked ? Ailing(factor: factor, isUnused: isUnused) : nil
        }
        var findings: [Finding] = []
        if factorCount == 0 { findings.append(.noFactor) }
        if factorCount == 1 { findings.append(.singleFactor) }
        if factorCount > 0, expectsBackupCodes {
            if backupCodesLeft == 0 {
                findings.append(.noBackupCodes)
            } else if backupCodesLeft <= Self.fewBackupCodes {
                findings.append(.fewBackupCodes)
            }
        }
        if ailing.contains(where: \.isUnused) { findings.append(.unusedFactor) }
        if ailing.contains(where: \.factor.budget.isLocked) { findings.append(.lockedFactor) }
        self.findings = findings
    }
}

extension Factor {
    /// Whether it was never used after its activation.
    public var isNeverUsed: Bool { lastUsedAt == nil || lastUsedAt == activatedAt }
}
