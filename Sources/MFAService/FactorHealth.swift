public import MFADomain
internal import MFAStore

/// Subjects with findings, and where to go on.
public struct FactorHealthPage: Sendable, Hashable {
    public struct Entry: Sendable, Hashable {
        public let subject: String
        public let kind: Profile.Kind
        public let health: FactorHealth
    }

    public internal(set) var entries: [Entry] = []
    public internal(set) var lookedAt = 0
    /// The last subject that was looked at; nil when there are no more.
    public internal(set) var next: String?
}

extension MFAService {
    /// Subjects looked at for one page, whatever was found.
    private static let maxLookedAt = 2_000
    private static let scanCount = 250

    /// Subjects of a tenant with one of these findings, in order of id, after one. States are opened on a thread that
    /// leaves the others alone.
    public func factorHealth(
        tenant: String, after: String, limit: Int, findings: Set<FactorHealth.Finding>, unusedSeconds: Int64
    ) async throws(ServiceError) -> FactorHealthPage {
        do {
            return try await Task(executorPreference: QuietThread.shared) { [self] in
                try await page(tenant, after, limit, findings, unusedSeconds)
            }.value
        } catch {
            throw failure(error)
        }
    }

    private func page(
        _ tenant: String, _ after: String, _ limit: Int, _ findings: Set<FactorHealth.Finding>, _ unusedSeconds: Int64
    ) async throws(StoreError) -> FactorHealthPage {
        let now = now
        let expectsBackupCodes = domainSettings.policy.recovery.backupCodeCount > 0
        var page = FactorHealthPage(next: after)
        while page.lookedAt < Self.maxLookedAt, page.entries.count < limit {
            // No more than could be found, so that none is looked at for the page after as well.
            let scanned = try await store.scanSubjects(
                tenant: tenant, after: page.next ?? "", limit: min(Self.scanCount, limit - page.entries.count))
            page.lookedAt += scanned.subjects.count + scanned.unreadableCount
            if scanned.unreadableCount > 0 {
                logger.critical("store: \(scanned.unreadableCount) records do not open or decode")
            }
            for (subject, state) in scanned.subjects {
                let health = FactorHealth(
                    of: state, at: now, unusedSeconds: unusedSeconds, expectsBackupCodes: expectsBackupCodes)
                guard health.findings.contains(where: findings.contains) else { continue }
                page.entries.append(.init(subject: subject, kind: state.profile.kind, health: health))
            }
            page.next = scanned.next
            if page.next == nil { return page }
        }
        return page
    }
}
