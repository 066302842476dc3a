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

    public func scanSubjects(
        tenant: String, after: String, limit: Int
    ) async throws(StoreError) -> [ScannedSubject] {
        try await report { [keyRing] database in
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT id, version, state FROM subject
                    WHERE tenant = ? AND id > ? AND state IS NOT NULL ORDER BY id LIMIT ?
                    """,
                arguments: [tenant, after, limit])
            var subjects: [ScannedSubject] = []
            while let row = try rows.next() {
                let subject: String = row[0]
                let codec = SubjectCodec(keyRing: keyRing, of: SubjectKey(tenant: tenant, subject: subject))
                let state = try codec.decode(Array(row[2] as Data), version: row[1])
                subjects.append(ScannedSubject(subject: subject, state: state))
            }
            return subjects
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
                let bytes: Data = row[1]
                if let wanted, bytes != wanted { continue }
                guard let name = Pseudonym(bytes: Array(bytes)) else {
                    throw StoreError.corrupt("an event names nobody")
                }
                events.append(
                    RecordedEvent(
                        pseudonym: name, version: row[2],
                        event: try EventCodec.decode(
                            Array(row[4] as Data), at: Timestamp(milliseconds: row[3]))))
            }
            return EventPage(events: events, next: next)
        }
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
