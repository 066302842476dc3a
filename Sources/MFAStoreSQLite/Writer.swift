internal import GRDB
internal import MFADomain
internal import MFAStore
internal import Synchronization

/// The one connection that writes and checkpoints (SQLite before 3.51.3 can lose a write-ahead log's reset when a
/// second one does either). All decisions that queued while the last commit was on its way form the next one.
final class Writer: Sendable {
    private let worker: Worker<DecidedUpdate>
    private let committer: Committer

    init(connection: DatabaseQueue, cache: RowCache, keyRing: KeyRing, options: SQLiteOptions) {
        let committer = Committer(connection: connection, cache: cache, keyRing: keyRing, options: options)
        self.committer = committer
        worker = Worker(name: "store-writer") { updates in
            for start in stride(from: 0, to: updates.count, by: options.maxBatch) {
                committer.commit(updates[start..<min(start + options.maxBatch, updates.count)])
            }
        }
    }

    func add(_ updates: some Collection<DecidedUpdate>) {
        if !worker.add(updates) {
            for decided in updates { decided.update.fail(.closed) }
        }
    }

    func lease(
        _ channel: MessageChannel, limit: Int, now: Timestamp, leaseSeconds: Int64
    ) async throws(StoreError) -> LeasedMessages {
        try await committer.lease(channel, limit: limit, now: now, leaseSeconds: leaseSeconds)
    }

    /// False while commits fail: the last one did, and so does a trial one.
    func isReady() async -> Bool {
        await committer.isReady()
    }

    /// Returns when all that was added is durable.
    func close() {
        worker.close()
    }
}

/// Makes decisions durable, a batch a transaction.
private final class Committer: Sendable {
    private let connection: DatabaseQueue
    private let cache: RowCache
    private let keyRing: KeyRing
    private let options: SQLiteOptions
    /// Set after a disk error: what the disk holds is unknown, so nothing more is written.
    private let failure = Mutex<String?>(nil)
    private let lastCommitFailed = Atomic(false)

    init(connection: DatabaseQueue, cache: RowCache, keyRing: KeyRing, options: SQLiteOptions) {
        self.connection = connection
        self.cache = cache
        self.keyRing = keyRing
        self.options = options
    }

    func commit(_ batch: ArraySlice<DecidedUpdate>) {
        if let failure = failure.withLock({ $0 }) {
            for decided in batch { decided.update.fail(.unavailable(failure)) }
            return
        }
        do {
            var written: [Write] = []
            written.reserveCapacity(batch.count)
            try connection.writeWithoutTransaction { database in
                try database.execute(sql: "BEGIN IMMEDIATE")
                do {
                    let statements = try WriteStatements(database)
                    for decided in batch {
                        if let write = try apply(decided, statements, database) { written.append(write) }
                    }
                    try database.execute(sql: "COMMIT")
                } catch {
                    if database.isInsideTransaction { try? database.execute(sql: "ROLLBACK") }
                    throw error
                }
            }
            lastCommitFailed.store(false, ordering: .relaxed)
            cache.note(written)
            for decided in batch { decided.update.finish() }
        } catch {
            refuse(batch, error)
        }
    }

    /// Writes a decision if its subject is as it was and it claims nothing; else decides again on what is there now,
    /// inside this transaction, where nothing can come between.
    ///
    /// - Returns: what was written, if anything.
    private func apply(
        _ decided: DecidedUpdate, _ statements: WriteStatements, _ database: Database
    ) throws -> Write? {
        if decided.write.claims.isEmpty, try statements.write(decided.write) { return decided.write }
        let row = try StoredRow.fetch(decided.update.key, statements.select)
        guard var write = decided.update.decide(on: row) else { return nil }
        if !write.claims.isEmpty {
            let budget = BudgetStatements(database: database, keyRing: keyRing, key: decided.update.key)
            let answers = try budget.answers(to: write.claims, at: write.at)
            guard let answered = decided.update.decide(on: row, claims: answers) else { return nil }
            if answers.grant(answered.claims) { try budget.count(answered.claims, at: write.at) }
            write = answered
        }
        guard try statements.write(write) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a row changed inside its own transaction")
        }
        return write
    }

    func lease(
        _ channel: MessageChannel, limit: Int, now: Timestamp, leaseSeconds: Int64
    ) async throws(StoreError) -> LeasedMessages {
        if let failure = failure.withLock({ $0 }) { throw .unavailable(failure) }
        do {
            // In a task of its own: a worker that is stopped must not break off a transaction, which would count as a
            // failure of the disk.
            return try await Task { [connection, keyRing] in
                try await connection.write { database in
                    try OutboxStatements.lease(
                        channel, limit: limit, now: now, leaseSeconds: leaseSeconds, keyRing, database)
                }
            }.value
        } catch {
            throw .unavailable(noteFailure(error))
        }
    }

    func isReady() async -> Bool {
        if !lastCommitFailed.load(ordering: .relaxed) { return true }
        guard failure.withLock({ $0 }) == nil else { return false }
        do {
            try await connection.write { database in
                try database.execute(
                    sql: "INSERT OR REPLACE INTO meta (name, value) VALUES ('trial', randomblob(4096))")
            }
            lastCommitFailed.store(false, ordering: .relaxed)
            return true
        } catch {
            return false
        }
    }

    private func refuse(_ batch: ArraySlice<DecidedUpdate>, _ error: any Error) {
        let text = noteFailure(error)
        for decided in batch { decided.update.fail(.unavailable(text)) }
    }

    /// - Returns: what happened, for the log.
    private func noteFailure(_ error: any Error) -> String {
        lastCommitFailed.store(true, ordering: .relaxed)
        let text = "commit failed: \(error)"
        let code = (error as? DatabaseError)?.resultCode
        // A full disk rolls back whole and may be freed. After any other failure of the disk it is unknown what it
        // holds; retrying an fsync would report success for data that is lost.
        let isRecoverable = code == .SQLITE_FULL || code == .SQLITE_BUSY || code == .SQLITE_NOMEM
        if !isRecoverable {
            failure.withLock { $0 = text }
            options.onFatalError(text)
        }
        return text
    }
}
