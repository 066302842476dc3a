import Foundation
import GRDB
import MFADomain
import MFAStore
import MFAStoreSQLite
import MFATesting
import Testing

@Suite("The database file")
struct SQLiteFileTests {
    let directory: TemporaryDirectory
    let keyRing = KeyRing.generate()
    let key = SubjectKey(tenant: "t", subject: "s")

    init() throws {
        directory = try TemporaryDirectory()
    }

    var path: String { directory.file("countersign.db") }

    func open() throws -> SQLiteStore { try SQLiteStore(path: path, keyRing: keyRing) }

    func put(_ store: SQLiteStore, _ key: SubjectKey, seed: Int = 0) async throws {
        let state = StoreContract.richState(seed: seed)
        let event = AuditEvent(kind: .subjectPut, at: state.createdAt, caller: "c", requestID: "r")
        try await store.update(key) { _ in
            Decision(effect: .init(change: .put(state), pseudonym: state.pseudonym, event: event), outcome: ())
        }
    }

    @Test("What was acknowledged is there after a restart")
    func restart() async throws {
        var store = try open()
        try await put(store, key)
        await store.close()
        store = try open()
        #expect(try await store.read(key) == StoreContract.richState())
        await store.close()
    }

    @Test("What was counted, and what waits to be sent, is there after a restart")
    func restartOfCounters() async throws {
        var store = try open()
        let claim = StoreContract.atMost(2)
        let message = StoreContract.message(1)
        #expect(try await StoreContract.claim([claim], store))
        let state = StoreContract.richState()
        let event = AuditEvent(kind: .challengeStarted, at: message.createdAt, caller: "c", requestID: "r")
        try await store.update(key) { _ in
            Decision(
                effect: .init(
                    change: .put(state), pseudonym: state.pseudonym, event: event, outbox: [.add(message)]),
                outcome: ())
        }
        await store.close()
        store = try open()
        #expect(try await StoreContract.claim([claim], store))
        #expect(try await !StoreContract.claim([claim], store))
        let leased = try await store.leaseMessages(.sms, limit: 10, now: message.createdAt, leaseSeconds: 60)
        #expect(leased.messages.map(\.message) == [message])
        await store.close()
    }

    @Test("What a crash left of a database that was being made is no hindrance")
    func halfMade() async throws {
        for leftover in [".new", ".new-journal"] { try Data("half".utf8).write(to: URL(filePath: path + leftover)) }
        let store = try open()
        try await put(store, key)
        await store.close()
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted() == [
                "countersign.db", "countersign.db.lock",
            ])
    }

    @Test("A record that cannot be read does not stop a scan")
    func unreadableRecord() async throws {
        var store = try open()
        for (seed, subject) in ["a", "b", "c"].enumerated() {
            try await put(store, SubjectKey(tenant: "t", subject: subject), seed: seed)
        }
        await store.close()
        let connection = try DatabaseQueue(path: path)
        try await connection.write { database in
            try database.execute(sql: "UPDATE subject SET version = version + 1 WHERE id = 'b'")
            try database.execute(sql: "UPDATE audit SET event = x'ff' WHERE sequence = 2")
        }
        try connection.close()
        store = try open()
        let newest = try await store.listNewestEvents(tenant: "t", before: nil, limit: 10)
        #expect(newest.events.count == 2 && newest.next == EventCursor(sequence: 1))
        let page = try await store.scanSubjects(tenant: "t", after: "", limit: 10)
        #expect(page.subjects.map(\.subject) == ["a", "c"] && page.unreadableCount == 1 && page.next == nil)
        await store.close()
    }

    @Test("A log without its database does not start, and stays as it is")
    func logAlone() async throws {
        let log = Data("a log".utf8)
        try log.write(to: URL(filePath: path + "-wal"))
        #expect(throws: SQLiteOpenError.self) { try open() }
        #expect(FileManager.default.contents(atPath: path + "-wal") == log)
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test("A second process is refused while the first lives")
    func secondProcess() async throws {
        let store = try open()
        #expect(throws: SQLiteOpenError.self) { try open() }
        await store.close()
    }

    @Test("Another key ring does not start, and nothing is written (row 90)")
    func foreignKeyRing() async throws {
        let store = try open()
        try await put(store, key)
        await store.close()
        let before = FileManager.default.contents(atPath: path)
        #expect(throws: SQLiteOpenError.self) { try SQLiteStore(path: path, keyRing: .generate()) }
        #expect(FileManager.default.contents(atPath: path) == before)
    }

    @Test("Another key ring does not start on what a crash left, and does not copy the log into the database (row 90)")
    func foreignKeyRingAfterCrash() async throws {
        let store = try open()
        try await put(store, key)
        let crashed = directory.file("crashed.db")
        for end in ["", "-wal"] { try FileManager.default.copyItem(atPath: path + end, toPath: crashed + end) }
        await store.close()
        let before = ["", "-wal"].map { FileManager.default.contents(atPath: crashed + $0) }
        #expect(throws: SQLiteOpenError.self) { try SQLiteStore(path: crashed, keyRing: .generate()) }
        #expect(["", "-wal"].map { FileManager.default.contents(atPath: crashed + $0) } == before)

        let recovered = try SQLiteStore(path: crashed, keyRing: keyRing)
        #expect(try await recovered.read(key) == StoreContract.richState())
        await recovered.close()
    }

    @Test(
        "A truncated, overwritten, empty or foreign file does not start",
        arguments: ["truncated", "overwritten", "empty", "text", "foreign"])
    func damage(_ kind: String) async throws {
        let store = try open()
        for number in 0..<50 { try await put(store, SubjectKey(tenant: "t", subject: "\(number)"), seed: number) }
        await store.close()
        // The log is copied into the database first, so that the damage is not hidden behind it.
        try await DatabaseQueue(path: path).writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
        var content = try #require(FileManager.default.contents(atPath: path))
        switch kind {
        case "truncated": content = content.prefix(content.count - 4096)
        case "overwritten": content.replaceSubrange(4096..<8192, with: Data(repeating: 0xa5, count: 4096))
        case "empty": content = Data()
        case "text": content = Data(String(repeating: "not a database ", count: 1000).utf8)
        default:
            try FileManager.default.removeItem(atPath: path)
            try await DatabaseQueue(path: path).write { try $0.execute(sql: "CREATE TABLE subject (id TEXT)") }
            content = try #require(FileManager.default.contents(atPath: path))
        }
        try content.write(to: URL(fileURLWithPath: path))
        #expect(throws: SQLiteOpenError.self) { try open() }
        #expect(FileManager.default.contents(atPath: path) == content, "nothing was written")
    }

    @Test("A record moved to another subject, or put under another version, does not open (row 89)")
    func movedRecords() async throws {
        let other = SubjectKey(tenant: "t", subject: "victim")
        var store = try open()
        try await put(store, key, seed: 1)
        try await put(store, other, seed: 2)
        await store.close()
        let old = try await DatabaseQueue(path: path).read { database in
            try Data.fetchOne(database, sql: "SELECT state FROM subject WHERE id = 's'")
        }
        store = try open()
        try await put(store, key, seed: 3)
        await store.close()
        try await DatabaseQueue(path: path).write { database in
            try database.execute(
                sql: "UPDATE subject SET state = (SELECT state FROM subject WHERE id = 's') WHERE id = 'victim'")
            try database.execute(sql: "UPDATE subject SET state = ? WHERE id = 's'", arguments: [old])
        }
        store = try open()
        for key in [key, other] {
            await #expect(throws: StoreError.self) { try await store.read(key) }
        }
        await store.close()
    }

    @Test(
        "No secret, code, name or address is in any file in clear (row 92), and erasing and vacuuming leaves none (94)")
    func nothingInClear() async throws {
        let store = try open()
        let state = StoreContract.richState()
        try await put(store, key)
        let canaries =
            [state.profile.accountName, "+41791234567", "a@b.org", "Ünïcode 📱"].map { Data($0.utf8) }
            + state.factors.compactMap { $0.totp.map { Data($0.secret) } }
            + state.factors.compactMap { $0.backupCodes.map { Data($0.digests.prefix(16)) } }
        try expectNone(of: canaries)
        let sealed = try #require(
            try await DatabaseQueue(path: path).read {
                try Data.fetchOne($0, sql: "SELECT state FROM subject")
            })
        try await store.update(key) { _ in
            Decision(
                effect: .init(
                    change: .erase(graceStartedAt: nil), pseudonym: state.pseudonym,
                    event: AuditEvent(kind: .subjectErased, at: state.createdAt, caller: "c", requestID: "r")),
                outcome: ())
        }
        await store.close()
        try SQLiteStore.vacuum(path: path, keyRing: keyRing)
        try expectNone(of: canaries + [sealed])
    }

    private func expectNone(of canaries: [Data]) throws {
        for (name, content) in try directory.contents() {
            for canary in canaries { #expect(content.range(of: canary) == nil, "in \(name)") }
        }
    }

    @Test("A full disk answers unavailable, keeps what it had, and serves again once freed (row 128)")
    func fullDisk() async throws {
        let store = try open()
        try await put(store, key)
        try store.limitPages(to: 40)
        var refused = 0
        for number in 0..<400 {
            do {
                try await put(store, SubjectKey(tenant: "t", subject: "more\(number)"), seed: 1)
            } catch StoreError.unavailable {
                refused += 1
            }
        }
        #expect(refused > 0)
        let kept = try await store.listSubjects(tenant: "t", after: "", limit: 1000).count
        let events = try await store.listEvents(tenant: "t", after: .beginning, limit: 1000, pseudonym: nil).events
        #expect(kept == 401 - refused && events.count == kept, "no answer without its record (row 124)")
        #expect(await !store.isReady())
        try store.limitPages(to: 100_000)
        #expect(await store.isReady(), "ready again without being told")
        try await put(store, SubjectKey(tenant: "t", subject: "again"))
        await store.close()
    }
}
