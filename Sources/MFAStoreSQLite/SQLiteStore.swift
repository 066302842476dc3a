internal import Foundation
internal import GRDB
public import MFADomain
public import MFAStore

/// The embedded store: one SQLite file that this process alone uses.
public final class SQLiteStore: Store {
    private let keyRing: KeyRing
    private let cache: RowCache
    private let writer: Writer
    private let lane: Lane
    /// Serves lists, apart from the lane, so that a long page delays no decision.
    private let reports: DatabaseQueue
    private let connection: DatabaseQueue
    private let lock: FileLock

    /// Events looked at for one page of a single subject's events.
    private static let maxScannedEvents = 20_000
    private static let countedAtOnce = 10_000

    /// Opens the database, or makes it. Refuses, without writing, one that is damaged, foreign, sealed under another
    /// key ring, or in use by another process.
    public init(path: String, keyRing: KeyRing, options: SQLiteOptions = SQLiteOptions()) throws(SQLiteOpenError) {
        lock = try FileLock(database: path)
        connection = try DatabaseFile.openWriter(path: path, keyRing: keyRing, options: options)
        self.keyRing = keyRing
        cache = RowCache(maxBytes: options.rowCacheBytes)
        writer = Writer(connection: connection, cache: cache, keyRing: keyRing, options: options)
        reports = try DatabaseFile.openReader(path: path)
        lane = Lane(reader: try DatabaseFile.openReader(path: path), writer: writer)
    }

    public func commit(
        _ key: SubjectKey,
        _ decide: @escaping @Sendable (SubjectRecord, ClaimAnswers?) throws -> DecisionEffect?
    ) async throws {
        try await withUnsafeThrowingContinuation { continuation in
            let update = Update(key: key, keyRing: keyRing, decide: decide, continuation: continuation)
            // A row that is at hand is decided on here and now: handing it to another thread would cost as much.
            guard let row = cache.row(key) else { return lane.add(update) }
            if let write = update.decide(on: row) {
                writer.add(CollectionOfOne(DecidedUpdate(update: update, write: write)))
            } else {
                update.finish()
            }
        }
    }

    public func read(_ key: SubjectKey) async throws(StoreError) -> SubjectState? {
        do {
            return try await update(key) { record, _ in Decision(effect: nil, outcome: record.state) }.outcome
        } catch let error as StoreError {
            throw error
        } catch {
            throw .unavailable("read failed: \(error)")
        }
    }

    public func listSubjects(
        tenant: String, after: String, limit: Int
    ) async throws(StoreError) -> [SubjectSummary] {
        try await report { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT id, kind, created_at, active_factors FROM subject
                    WHERE tenant = ? AND id > ? AND state IS NOT NULL ORDER BY id LIMIT ?
                    """,
                arguments: [tenant, after, limit]
            ).map { row in
                SubjectSummary(
                    subject: row[0], kind: Profile.Kind(rawValue: row[1]) ?? .human,
                    createdAt: Timestamp(milliseconds: row[2]), activeFactorCount: row[3])
            }
        }
    }

    public func listEvents(
        tenant: String, after: EventCursor, limit: Int, pseudonym: Pseudonym?
    ) async throws(StoreError) -> EventPage {
        try await report { database in
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT sequence, pseudonym, version, at, event FROM audit
                    WHERE tenant = ? AND sequence > ? ORDER BY sequence LIMIT ?
                    """,
                arguments: [tenant, after.sequence, pseudonym == nil ? limit : Self.maxScannedEvents])
            let wanted = pseudonym.map { Data($0.bytes) }
            var events: [RecordedEvent] = []
            var next = after
            while events.count < limit, let row = try rows.next() {
                next = EventCursor(sequence: row[0])
                if let wanted, row[1] as Data != wanted { continue }
                events.append(try Self.event(row))
            }
            return EventPage(events: events, next: next)
        }
    }

    public func listNewestEvents(
        tenant: String, before: EventCursor?, limit: Int
    ) async throws(StoreError) -> EventPage {
        try await report { database in
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT sequence, pseudonym, version, at, event FROM audit
                    WHERE tenant = ? AND sequence < ? ORDER BY sequence DESC LIMIT ?
                    """,
                arguments: [tenant, before?.sequence ?? .max, limit])
            var events: [RecordedEvent] = []
            var next = before ?? .beginning
            while let row = try rows.next() {
                next = EventCursor(sequence: row[0])
                if let event = try? Self.event(row) { events.append(event) }
            }
            return EventPage(events: events, next: next)
        }
    }

    /// Of a row with these columns: sequence, pseudonym, version, at, event.
    private static func event(_ row: Row) throws -> RecordedEvent {
        guard let name = Pseudonym(bytes: Array(row[1] as Data)) else {
            throw StoreError.corrupt("an event names nobody")
        }
        return RecordedEvent(
            pseudonym: name, version: row[2],
            event: try EventCodec.decode(Array(row[4] as Data), at: Timestamp(milliseconds: row[3])))
    }

    public func countSubjects(tenant: String) async throws(StoreError) -> Int {
        var (count, after): (Int, String?) = (0, "")
        // In parts, so that no list waits for all of it.
        while let last = after {
            let row = try await report { database -> (count: Int, last: String?)? in
                try Row.fetchOne(
                    database,
                    sql: """
                        SELECT count(*), max(id) FROM
                        (SELECT id FROM subject WHERE tenant = ? AND id > ? AND state IS NOT NULL ORDER BY id LIMIT ?)
                        """,
                    arguments: [tenant, last, Self.countedAtOnce]
                ).map { row in (row[0], row[1]) }
            }
            count += row?.count ?? 0
            after = row?.count == Self.countedAtOnce ? row?.last : nil
        }
        return count
    }

    public func scanSubjects(
        tenant: String, after: String, limit: Int
    ) async throws(StoreError) -> SubjectPage {
        let rows = try await report { database in
            let select = try HotStatement(
                database,
                sql: """
                    SELECT id, version, state FROM subject
                    WHERE tenant = ? AND id > ? AND state IS NOT NULL ORDER BY id LIMIT ?
                    """)
            try select.bind(tenant, at: 1)
            try select.bind(after, at: 2)
            try select.bind(Int64(limit), at: 3)
            return try select.fetchAll { row in
                (subject: row.text(0), version: row.int64(1), record: row.bytes(2) ?? [])
            }
        }
        // Opened and decoded here: the connection is free for others meanwhile.
        var subjects: [(subject: String, state: SubjectState)] = []
        subjects.reserveCapacity(rows.count)
        for row in rows {
            let codec = SubjectCodec(keyRing: keyRing, of: SubjectKey(tenant: tenant, subject: row.subject))
            guard let state = try? codec.decode(row.record, version: row.version) else { continue }
            subjects.append((row.subject, state))
        }
        return SubjectPage(
            subjects: subjects, unreadableCount: rows.count - subjects.count,
            next: rows.count < limit ? nil : rows.last?.subject)
    }

    public func leaseMessages(
        _ channel: MessageChannel, limit: Int, now: Timestamp, leaseSeconds: Int64
    ) async throws(StoreError) -> LeasedMessages {
        try await writer.lease(channel, limit: limit, now: now, leaseSeconds: leaseSeconds)
    }

    public func outboxStatus() async throws(StoreError) -> OutboxStatus {
        try await report { database in try OutboxStatements.status(database) }
    }

    private func report<Answer: Sendable>(
        _ read: @escaping @Sendable (Database) throws -> Answer
    ) async throws(StoreError) -> Answer {
        do {
            return try await reports.read(read)
        } catch let error as StoreError {
            throw error
        } catch {
            throw .unavailable("report failed: \(error)")
        }
    }

    /// Rewrites a database that nobody uses, so that nothing erased is left in free pages or in the log.
    public static func vacuum(path: String, keyRing: KeyRing) throws {
        let lock = try FileLock(database: path)
        let connection = try DatabaseFile.openWriter(path: path, keyRing: keyRing, options: SQLiteOptions())
        try connection.writeWithoutTransaction { database in
            try database.execute(sql: "VACUUM")
            _ = try database.checkpoint(.truncate)
        }
        try connection.close()
        lock.release()
    }

    /// Bounds the file, as a full disk would.
    package func limitPages(to count: Int) throws {
        try connection.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA max_page_count = \(count)")
        }
    }

    public func isReady() async -> Bool {
        await writer.isReady()
    }

    public func close() async {
        lane.close()
        writer.close()
        cache.removeAll()
        try? reports.close()
        // The writer's connection goes last: the last one copies the log into the database.
        try? connection.close()
        lock.release()
    }
}
