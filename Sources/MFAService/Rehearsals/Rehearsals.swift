internal import MFADomain
internal import Synchronization

/// The rehearsals that run, and those that ended lately.
final class Rehearsals: Sendable {
    /// In all; a tenant has one at a time.
    static let maxRunning = 2
    private static let maxEnded = 64
    private static let maxEndedOfTenant = 4
    private static let keptSeconds: Int64 = 3_600

    private struct State {
        // In order of their beginning.
        var reports: [RehearsalReport] = []
        var tasks: [RehearsalID: Task<Void, Never>] = [:]
        var isClosed = false
    }

    private let state = Mutex(State())
    let waits = Waits<RehearsalID>()

    /// Begins one, unless there are enough.
    func start(
        _ report: RehearsalReport, _ run: @escaping @Sendable () async -> Void
    ) throws(ServiceError) {
        let error: ServiceError? = state.withLock { state in
            if state.isClosed { return .unavailable }
            let running = state.reports.filter { $0.endedAt == nil }
            guard running.count < Self.maxRunning, !running.contains(where: { $0.tenant == report.tenant }) else {
                return .refused(.tooManyRehearsals)
            }
            Self.forget(&state.reports, at: report.startedAt)
            state.reports.append(report)
            state.tasks[report.id] = Task(executorPreference: QuietThread.shared) { await run() }
            return nil
        }
        if let error { throw error }
    }

    func report(_ id: RehearsalID, tenant: String, at now: Timestamp) -> RehearsalReport? {
        state.withLock { state in
            Self.forget(&state.reports, at: now)
            return state.reports.first { $0.id == id && $0.tenant == tenant }
        }
    }

    func update(_ id: RehearsalID, _ change: (inout RehearsalReport) -> Void) {
        let hasEnded = state.withLock { state in
            guard let index = state.reports.firstIndex(where: { $0.id == id }) else { return false }
            change(&state.reports[index])
            guard state.reports[index].endedAt != nil else { return false }
            state.tasks[id] = nil
            return true
        }
        if hasEnded { waits.notify([id]) }
    }

    /// Ends what runs and begins no more.
    func close() async {
        let tasks = state.withLock { state in
            state.isClosed = true
            return Array(state.tasks.values)
        }
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
    }

    /// Drops what ended too long ago, and the oldest of too many.
    private static func forget(_ reports: inout [RehearsalReport], at now: Timestamp) {
        var (kept, ofTenant): (Int, [String: Int]) = (0, [:])
        let newestFirst = reports.reversed().filter { report in
            guard let endedAt = report.endedAt else { return true }
            guard now.isWithin(seconds: keptSeconds, after: endedAt), kept < maxEnded,
                ofTenant[report.tenant, default: 0] < maxEndedOfTenant
            else { return false }
            kept += 1
            ofTenant[report.tenant, default: 0] += 1
            return true
        }
        reports = newestFirst.reversed()
    }
}
