internal import MFADomain
internal import MFAStore
import Testing

extension StoreContract {
    static let scanCases: [Case] = [
        Case(name: "states are scanned by key, a page at a time, within their tenant, without erased ones", run: scans),
        Case(name: "subjects that are scanned while others come are each there once, in order", run: scansUnderWrites),
        Case(name: "the newest events come first, by cursor, each once", run: listsNewestEvents),
    ]

    private static func scans(_ store: any Store) async throws {
        var states: [String: SubjectState] = [:]
        for number in 0..<25 {
            let name = ["s\(number)", "S\(number)", "é\(number)"][number % 3]
            states[name] = try await store.put(
                SubjectKey(tenant: "t", subject: name), number < 3 ? richState(seed: number) : plainState(number))
        }
        try await store.put(SubjectKey(tenant: "other", subject: "x"), plainState(99))
        let erased = plainState(100)
        try await store.put(SubjectKey(tenant: "t", subject: "erased"), erased)
        try await store.update(SubjectKey(tenant: "t", subject: "erased")) { _ in
            Decision(effect: .erase(erased), outcome: ())
        }
        for limit in [1, 7, 25, 26, 1000] {
            var scanned: [(subject: String, state: SubjectState)] = []
            var next: String? = ""
            while let after = next {
                let page = try await store.scanSubjects(tenant: "t", after: after, limit: limit)
                #expect(page.subjects.count <= limit && page.unreadableCount == 0)
                scanned += page.subjects
                next = page.next
                if next != nil { #expect(next == scanned.last?.subject) }
            }
            #expect(scanned.count == 25 && Dictionary(uniqueKeysWithValues: scanned.map { ($0, $1) }) == states)
            let listed = try await store.listSubjects(tenant: "t", after: "", limit: 1000)
            #expect(scanned.map(\.subject) == listed.map(\.subject), "the order is that of lists")
        }
        #expect(try await store.countSubjects(tenant: "t") == 25)
        #expect(try await store.countSubjects(tenant: "nobody") == 0)
        #expect(try await store.scanSubjects(tenant: "nobody", after: "", limit: 10).subjects.isEmpty)
    }

    private static func scansUnderWrites(_ store: any Store) async throws {
        let early = (0..<50).map { "s\($0 * 2 + 100)" }
        for (seed, name) in early.enumerated() {
            try await store.put(SubjectKey(tenant: "t", subject: name), plainState(seed))
        }
        let scanned = try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for number in 0..<50 {
                    try await store.put(SubjectKey(tenant: "t", subject: "s\(number * 2 + 101)"), plainState(number))
                }
            }
            var names: [String] = []
            var next: String? = ""
            while let after = next {
                let page = try await store.scanSubjects(tenant: "t", after: after, limit: 3)
                names += page.subjects.map(\.subject)
                next = page.next
            }
            try await group.waitForAll()
            return names
        }
        #expect(scanned == scanned.sorted() && Set(scanned).count == scanned.count)
        #expect(Set(scanned).isSuperset(of: early))
    }

    private static func listsNewestEvents(_ store: any Store) async throws {
        for number in 0..<30 {
            try await store.put(SubjectKey(tenant: "t", subject: "s\(number % 3)"), plainState(number % 3))
            try await store.put(SubjectKey(tenant: "other", subject: "s"), plainState(number))
        }
        var events: [RecordedEvent] = []
        var cursor: EventCursor?
        while true {
            let page = try await store.listNewestEvents(tenant: "t", before: cursor, limit: 8)
            if page.events.isEmpty { break }
            #expect(page.events.count <= 8)
            events += page.events
            cursor = page.next
        }
        #expect(events == Array(try await store.events("t").reversed()) && events.count == 30)
        #expect(try await store.listNewestEvents(tenant: "nobody", before: nil, limit: 5).events.isEmpty)
    }

    private static func plainState(_ seed: Int) -> SubjectState {
        var entropy = SeededEntropy(seed: UInt64(seed) + 7)
        return SubjectState(pseudonym: Pseudonym(entropy: &entropy), createdAt: start)
    }
}
