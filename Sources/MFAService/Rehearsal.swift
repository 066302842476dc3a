public import MFADomain
internal import MFAStore

// Trying a proposed policy.
extension MFAService {
    public static let maxRehearsedEvents = 500_000

    // Short, so that what waits for the same thread or connection does not wait long.
    private static let subjectsPerPage = 256
    private static let eventsPerPage = 1_000
    private static let subjectsPerTurn = 16
    private static let longest = Duration.seconds(900)

    /// Begins to compare a policy with the one in force, over all subjects of a tenant and over the evaluations among its
    /// newest events.
    ///
    /// - Parameter administratorGroups: groups whose people are counted as administrators.
    public func startRehearsal(
        of proposed: Policy, tenant: String, administratorGroups: Set<String>, maxEvents: Int
    ) throws(ServiceError) -> RehearsalReport {
        var entropy = entropy()
        let inForce = domainSettings.policy
        let report = RehearsalReport(
            id: RehearsalID(entropy: &entropy), tenant: tenant, startedAt: now, inForce: inForce.version,
            proposed: proposed.version)
        let rehearsal = Rehearsal(
            of: proposed, against: inForce, tenant: tenant, administratorGroups: administratorGroups, at: now)
        try rehearsals.start(report) { [self] in await run(rehearsal, report, maxEvents: maxEvents) }
        return report
    }

    /// A rehearsal of a tenant's as it is now, or once it has ended, or after this long.
    public func rehearsal(
        _ id: RehearsalID, tenant: String, waitMilliseconds: Int64
    ) async throws(ServiceError) -> RehearsalReport {
        let ticket = rehearsals.waits.begin(id)
        defer { rehearsals.waits.finish(ticket) }
        func report() throws(ServiceError) -> RehearsalReport {
            guard let report = rehearsals.report(id, tenant: tenant, at: now) else {
                throw .refused(.rehearsalNotFound)
            }
            return report
        }
        let first = try report()
        if first.endedAt != nil || waitMilliseconds <= 0 { return first }
        await ticket.wait(upTo: .milliseconds(waitMilliseconds))
        return try report()
    }

    /// Ends what runs in the background. Call it before the store is closed.
    public func stop() async { await rehearsals.close() }

    /// Does what nobody waits for in a hurry, on a thread that leaves the others alone.
    public func aside<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await Task(executorPreference: QuietThread.shared) { body() }.value
    }

    private func run(_ rehearsal: Rehearsal, _ report: RehearsalReport, maxEvents: Int) async {
        var rehearsal = rehearsal
        let end: RehearsalReport.State
        do {
            let isWhole = try await scan(&rehearsal, report, maxEvents: maxEvents)
            rehearsal.finish()
            end = Task.isCancelled ? .cancelled : isWhole ? .done(rehearsal) : .failed
            if case .failed = end { logger.error("policy: a rehearsal took too long and was given up") }
        } catch {
            if !Task.isCancelled { _ = failure(error) }
            end = Task.isCancelled ? .cancelled : .failed
        }
        rehearsals.update(report.id) { report in
            report.state = end
            report.endedAt = now
        }
        logger.info(
            "policy: rehearsal ended",
            metadata: [
                "tenant": "\(report.tenant)", "proposed": "\(report.proposed)", "in_force": "\(report.inForce)",
                "state": "\(end.word)",
            ])
    }

    /// - Returns: whether it got to the end.
    private func scan(
        _ rehearsal: inout Rehearsal, _ report: RehearsalReport, maxEvents: Int
    ) async throws(StoreError) -> Bool {
        let end = ContinuousClock.now.advanced(by: Self.longest)
        let total = try await store.countSubjects(tenant: report.tenant)
        rehearsals.update(report.id) { $0.subjectsTotal = total }
        let recorded = try await recordedSituations(report, maxEvents: maxEvents)
        var after = ""
        while !Task.isCancelled {
            let page = try await store.scanSubjects(tenant: report.tenant, after: after, limit: Self.subjectsPerPage)
            for (index, (subject, state)) in page.subjects.enumerated() {
                // A policy of many overrides takes its time for each, and others wait for this thread too.
                if Task.isCancelled || ContinuousClock.now >= end { return false }
                if index.isMultiple(of: Self.subjectsPerTurn) { await Task.yield() }
                rehearsal.add(subject, state, recorded: recorded.situations(of: state.pseudonym))
            }
            if page.unreadableCount > 0 {
                logger.critical("store: \(page.unreadableCount) records do not open or decode")
            }
            rehearsals.update(report.id) { report in
                report.subjectsDone += page.subjects.count + page.unreadableCount
                report.subjectsUnreadable += page.unreadableCount
            }
            guard let next = page.next else { return true }
            after = next
        }
        return false
    }

    private func recordedSituations(
        _ report: RehearsalReport, maxEvents: Int
    ) async throws(StoreError) -> RecordedSituations {
        var recorded = RecordedSituations()
        var (cursor, left): (EventCursor?, Int) = (nil, maxEvents)
        while left > 0, !Task.isCancelled {
            let limit = min(left, Self.eventsPerPage)
            let page = try await store.listNewestEvents(tenant: report.tenant, before: cursor, limit: limit)
            for event in page.events {
                if let evaluation = event.event.evaluation { recorded.add(evaluation, of: event.pseudonym) }
            }
            left -= limit
            rehearsals.update(report.id) { report in
                report.eventsSearched += page.events.count
                report.evaluationsFound = recorded.count
            }
            if page.next == cursor ?? .beginning { break }
            cursor = page.next
        }
        return recorded
    }
}

extension RehearsalReport.State {
    fileprivate var word: String {
        switch self {
        case .running: "running"
        case .done: "done"
        case .failed: "failed"
        case .cancelled: "cancelled"
        }
    }
}
