internal import MFADomain
internal import MFAProto
internal import MFAService

extension Countersign_V1_ListFactorHealthResponse {
    init(_ page: FactorHealthPage) {
        self.init()
        subjects = page.entries.map { .init($0) }
        nextPageToken = page.next ?? ""
        lookedAt = UInt32(clamping: page.lookedAt)
    }
}

extension Countersign_V1_FactorHealth {
    init(_ entry: FactorHealthPage.Entry) {
        self.init()
        subject = entry.subject
        kind = .init(entry.kind)
        findings = entry.health.findings.map { .init($0) }
        factors = UInt32(clamping: entry.health.factorCount)
        backupCodesLeft = UInt32(clamping: entry.health.backupCodesLeft)
        ailing = entry.health.ailing.map { ailing in
            .with {
                $0.factorID = ailing.factor.id.text
                $0.kind = .init(ailing.factor.kind)
                $0.unused = ailing.isUnused
                $0.neverUsed = ailing.isUnused && ailing.factor.isNeverUsed
                $0.locked = ailing.factor.budget.isLocked
                $0.lastUsedAtUnixMs = ailing.factor.lastUsedAt?.milliseconds ?? 0
            }
        }
    }
}

extension Countersign_V1_FactorFinding {
    init(_ finding: FactorHealth.Finding) {
        switch finding {
        case .noFactor: self = .noFactor
        case .singleFactor: self = .singleFactor
        case .noBackupCodes: self = .noBackupCodes
        case .fewBackupCodes: self = .fewBackupCodes
        case .unusedFactor: self = .unusedFactor
        case .lockedFactor: self = .lockedFactor
        }
    }
}

extension Countersign_V1_ListFactorHealthRequest {
    /// The findings that are asked for; all when none is named.
    func checkedFindings() throws(CallStatus) -> Set<FactorHealth.Finding> {
        guard findings.count <= 16 else { throw .invalidField("findings", "must be at most 16.") }
        var wanted: Set<FactorHealth.Finding> = []
        for finding in findings {
            guard let known = FactorHealth.Finding(rawValue: finding.rawValue) else {
                throw .invalidField("findings", "has one that is not a finding.")
            }
            wanted.insert(known)
        }
        return wanted.isEmpty ? Set(FactorHealth.Finding.allCases) : wanted
    }

    func checkedUnusedSeconds() throws(CallStatus) -> Int64 {
        guard unusedDays <= 3_650 else { throw .invalidField("unused_days", "must be 1 to 3650.") }
        return 86_400 * Int64(unusedDays == 0 ? 90 : unusedDays)
    }
}
