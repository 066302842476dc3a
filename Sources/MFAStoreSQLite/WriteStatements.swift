internal import GRDB

/// The statements of a write.
struct WriteStatements {
    let select: HotStatement
    private let update: HotStatement
    private let insert: HotStatement
    private let audit: HotStatement
    private let database: Database

    init(_ database: Database) throws {
        self.database = database
        select = try StoredRow.select(database)
        update = try HotStatement(
            database,
            sql: """
                UPDATE subject SET version = ?1, state = ?2, kind = ?3, created_at = ?4, active_factors = ?5
                WHERE tenant = ?6 AND id = ?7 AND version = ?8
                """)
        insert = try HotStatement(
            database,
            sql: """
                INSERT INTO subject (version, state, kind, created_at, active_factors, tenant, id)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING
                """)
        audit = try HotStatement(
            database, sql: "INSERT INTO audit (tenant, pseudonym, version, at, event) VALUES (?, ?, ?, ?, ?)")
    }

    /// Writes row and event if the row is at the expected version.
    ///
    /// - Returns: false when it is not; then nothing was written.
    func write(_ write: Write) throws -> Bool {
        let version = write.expectedVersion + 1
        let row = write.expectedVersion == 0 ? insert : update
        // The next subject of an erased id must not be told by a version that goes on where the audit of the old one
        // ended.
        try row.bind(write.row == nil ? version + Int64.random(in: 1...1 << 40) : version, at: 1)
        try row.bind(write.row?.record, at: 2)
        try row.bind(Int64(write.row?.kind ?? 0), at: 3)
        try row.bind(write.row?.createdAt ?? write.graceStartedAt?.milliseconds ?? 0, at: 4)
        try row.bind(Int64(write.row?.activeFactorCount ?? 0), at: 5)
        try row.bind(write.key.tenant, at: 6)
        try row.bind(write.key.subject, at: 7)
        if write.expectedVersion != 0 { try row.bind(write.expectedVersion, at: 8) }
        try row.execute()
        guard database.changesCount == 1 else { return false }
        try audit.bind(write.key.tenant, at: 1)
        try audit.bind(write.pseudonym.bytes, at: 2)
        try audit.bind(version, at: 3)
        try audit.bind(write.at.milliseconds, at: 4)
        try audit.bind(write.event, at: 5)
        try audit.execute()
        if write.row == nil { try OutboxStatements.removeAll(of: write.key, database) }
        for change in write.outbox { try OutboxStatements.write(change, of: write.key, database) }
        return true
    }
}
