public import MFADomain
public import MFAStore
public import Testing

/// What every store must do, as named cases. A new store runs the same ones.
public enum StoreContract {
    public struct Case: Sendable, CustomTestStringConvertible {
        public let name: String
        public let run: @Sendable (_ store: any Store) async throws -> Void

        public var testDescription: String { name }
    }

    /// When everything happens that has no moment of its own.
    public static let start = Timestamp(seconds: 1_700_000_000)

    public static let cases: [Case] =
        [
            Case(name: "what was updated is read back, field by field", run: readsBack),
            Case(name: "a closure that throws writes nothing, and its error is thrown on", run: throwWritesNothing),
            Case(name: "a decision without effect writes nothing", run: noEffectWritesNothing),
            Case(name: "tenants and subjects do not mix, whatever their names", run: keysDoNotMix),
            Case(
                name: "parallel updates of one subject are in some order: none is lost (CONTROLS rows 5, 37, 117)",
                run: noUpdateIsLost),
            Case(name: "one failing decision does not touch the others of its batch", run: failuresStayAlone),
            Case(name: "what is read after an answer is at least as new as the answer", run: readsAreFresh),
            Case(name: "an erased subject is gone, its events stay, its versions never come again", run: erases),
            Case(name: "subjects are listed by key, a page at a time, within their tenant", run: listsByKey),
            Case(name: "a scan gives each subject's state as it is, by key, a page at a time", run: scansByKey),
            Case(
                name: "events come in order, by cursor, each once; of one subject where one is named", run: listsEvents),
            Case(name: "a closed store refuses", run: closedRefuses),
        ] + claimCases + outboxCases

    private static func readsBack(_ store: any Store) async throws {
        let key = SubjectKey(tenant: "t", subject: "s")
        #expect(try await store.read(key) == nil)
        let state = try await store.put(key, richState())
        #expect(try await store.read(key) == state)
    }

    private static func throwWritesNothing(_ store: any Store) async throws {
        let key = SubjectKey(tenant: "t", subject: "s")
        await #expect(throws: Refusal.factorEnded) {
            try await store.update(key) { _ -> Decision<Void> in throw Refusal.factorEnded }
        }
        #expect(try await store.read(key) == nil)
        #expect(try await store.events("t").isEmpty)
    }

    private static func noEffectWritesNothing(_ store: any Store) async throws {
        let key = SubjectKey(tenant: "t", subject: "s")
        #expect(try await store.update(key) { _ in Decision(effect: nil, outcome: 7) } == 7)
        #expect(try await store.events("t").isEmpty)
    }

    private static func keysDoNotMix(_ store: any Store) async throws {
        let keys = [("a", "bc"), ("ab", "c"), ("a", "b"), ("a", "B"), ("a", "b "), ("a", "é"), ("a", "e\u{301}")]
            .map { SubjectKey(tenant: $0.0, subject: $0.1) }
        var states: [SubjectState] = []
        for (seed, key) in keys.enumerated() { states.append(try await store.put(key, richState(seed: seed))) }
        for (key, state) in zip(keys, states) { #expect(try await store.read(key) == state) }
    }

    private static func noUpdateIsLost(_ store: any Store) async throws {
        let key = SubjectKey(tenant: "t", subject: "s")
        try await store.put(key, richState())
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<200 {
                group.addTask {
                    try await store.update(key) { state in
                        var state = try #require(state)
                        let count = (Int(state.profile.accountName) ?? 0) + 1
                        state.profile.accountName = "\(count)"
                        return Decision(effect: .put(state), outcome: count)
                    }
                }
            }
            var outcomes: Set<Int> = []
            for try await outcome in group { outcomes.insert(outcome) }
            #expect(outcomes == Set(1...200), "each saw what the one before it wrote")
        }
        #expect(try await store.read(key)?.profile.accountName == "200")
        #expect(try await store.events("t").map(\.version) == Array(1...201))
    }

    private static func failuresStayAlone(_ store: any Store) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<100 {
                group.addTask {
                    let key = SubjectKey(tenant: "t", subject: "s\(number)")
                    if number % 3 == 0 {
                        await #expect(throws: Refusal.proofRequired) {
                            try await store.update(key) { _ -> Decision<Void> in throw Refusal.proofRequired }
                        }
                    } else {
                        try await store.put(key, richState(seed: number))
                    }
                }
            }
            try await group.waitForAll()
        }
        for number in 0..<100 {
            let state = try await store.read(SubjectKey(tenant: "t", subject: "s\(number)"))
            #expect((state == nil) == (number % 3 == 0))
        }
    }

    private static func readsAreFresh(_ store: any Store) async throws {
        let key = SubjectKey(tenant: "t", subject: "s")
        for count in 1...200 {
            let state = try await store.put(key, richState(seed: count))
            #expect(try await store.read(key) == state)
        }
    }

    private static func erases(_ store: any Store) async throws {
        let key = SubjectKey(tenant: "t", subject: "s")
        let state = try await store.put(key, richState())
        try await store.update(key) { _ in
            Decision(effect: .erase(state), outcome: ())
        }
        #expect(try await store.read(key) == nil)
        #expect(try await store.listSubjects(tenant: "t", after: "", limit: 10).isEmpty)
        let kept = try await store.update(key) { record, _ in
            Decision(effect: nil, outcome: record.erasedGraceStartedAt)
        }.outcome
        #expect(kept == state.graceStartedAt && kept != nil, "grace is not opened again")
        try await store.put(key, richState(seed: 2))
        let versions = try await store.events("t").map(\.version)
        #expect(versions.prefix(2) == [1, 2] && versions[2] > 3, "the next one is not told by its version")
    }

    private static func listsByKey(_ store: any Store) async throws {
        for number in 0..<25 {
            try await store.put(SubjectKey(tenant: "t", subject: "s\(number % 10)\(number / 10)"), richState())
        }
        try await store.put(SubjectKey(tenant: "other", subject: "x"), richState())
        var listed: [String] = []
        while true {
            let page = try await store.listSubjects(tenant: "t", after: listed.last ?? "", limit: 7)
            listed += page.map(\.subject)
            if page.count < 7 { break }
        }
        #expect(listed.count == 25 && listed == listed.sorted())
    }

    private static func scansByKey(_ store: any Store) async throws {
        var written: [ScannedSubject] = []
        for number in 0..<10 {
            let state = try await store.put(SubjectKey(tenant: "t", subject: "s\(number)"), richState(seed: number))
            written.append(ScannedSubject(subject: "s\(number)", state: state))
        }
        try await store.put(SubjectKey(tenant: "other", subject: "s5"), richState())
        let erased = written.remove(at: 4)
        try await store.update(SubjectKey(tenant: "t", subject: erased.subject)) { _ in
            Decision(effect: .erase(erased.state), outcome: ())
        }
        var scanned: [ScannedSubject] = []
        while true {
            let page = try await store.scanSubjects(tenant: "t", after: scanned.last?.subject ?? "", limit: 4)
            scanned += page
            if page.count < 4 { break }
        }
        #expect(scanned == written)
    }

    private static func listsEvents(_ store: any Store) async throws {
        for number in 0..<30 {
            try await store.put(SubjectKey(tenant: "t", subject: "s\(number % 3)"), richState(seed: number % 3))
        }
        var cursor = EventCursor.beginning
        var events: [RecordedEvent] = []
        while true {
            let page = try await store.listEvents(tenant: "t", after: cursor, limit: 8, pseudonym: nil)
            if page.events.isEmpty { break }
            events += page.events
            cursor = page.next
        }
        #expect(events.count == 30)
        let name = richState(seed: 1).pseudonym
        let own = try await store.listEvents(tenant: "t", after: .beginning, limit: 100, pseudonym: name)
        #expect(own.events == events.filter { $0.pseudonym == name } && own.events.count == 10)
        #expect(own.events.map(\.version) == Array(1...10))
        #expect(try await store.events("other").isEmpty)
    }

    private static func closedRefuses(_ store: any Store) async throws {
        let key = SubjectKey(tenant: "t", subject: "s")
        try await store.put(key, richState())
        await store.close()
        await #expect(throws: (any Error).self) { try await store.put(key, richState()) }
        await #expect(throws: (any Error).self) { try await store.read(key) }
    }
}

extension DecisionEffect {
    static func put(_ state: SubjectState, outbox: [OutboxChange] = []) -> Self {
        .init(change: .put(state), pseudonym: state.pseudonym, event: .contract, outbox: outbox)
    }

    static func erase(_ state: SubjectState) -> Self {
        .init(change: .erase(graceStartedAt: state.graceStartedAt), pseudonym: state.pseudonym, event: .contract)
    }
}

extension AuditEvent {
    static var contract: AuditEvent { contract(at: StoreContract.start) }

    static func contract(at moment: Timestamp) -> AuditEvent {
        AuditEvent(
            kind: .verification, at: moment, caller: "backend", requestID: "r",
            factorKind: .totp, verdict: .accepted, factorLocked: true, backupCodesLeft: 0)
    }
}

extension Store {
    @discardableResult
    func put(_ key: SubjectKey, _ state: SubjectState) async throws -> SubjectState {
        try await update(key) { _ in Decision(effect: .put(state), outcome: state) }
    }

    func events(_ tenant: String) async throws -> [RecordedEvent] {
        try await listEvents(tenant: tenant, after: .beginning, limit: 1000, pseudonym: nil).events
    }
}
