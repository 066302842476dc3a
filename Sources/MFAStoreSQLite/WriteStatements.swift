internal import Foundation
internal import GRDB

/// The statements of a write.
struct WriteStatements {
    let select: Statement
    private let update: Statement
    private let insert: Statement
    private let audit: Statement
    private let database: Database

    init(_ database: Database) throws {
        self.database = database
        select = try database.cachedStatement(sql: StoredRow.select)
        update = try database.cachedStatement(
            sql: """
                UPDATE subject SET version = ?, state = ?, kind = ?, created_at = ?, active_factors = ?
                WHERE tenant = ? AND id = ? AND version = ?
                """)
        insert = try database.cachedStatement(
            sql: """
                INSERT INTO subject (version, state, kind, created_at, active_factors, tenant, id)
                VALUES (1, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
                """)
        audit = try database.cachedStatement(
            sql: "INSERT INTO audit (tenant, pseudonym, version, at, event) VALUES (?, ?, ?, ?, ?)")
    }

    /// Writes row and event if the row is at the expected version.
    ///
    /// - Returns: false when it is not; then nothing was written.
    func write(_ write: Write) throws -> Bool {
        let record = write.row.map { Data($0.record) }
        let (kind, createdAt, factors) = (
            write.row?.kind ?? 0, write.row?.createdAt ?? 0, write.row?.activeFactorCount ?? 0
        )
        let version = write.expectedVersion + 1
        // The next subject of an erased id must not be told by a version that goes on where the audit of the old one
        // ended.
        let rowVersion = write.row == nil ? version + Int64.random(in: 1...1 << 40) : version
        if write.expectedVersion == 0 {
            insert.setUncheckedArguments([record, kind, createdAt, factors, write.key.tenant, write.key.subject])
            try insert.execute()
        } else {
            update.setUncheckedArguments(
                [
                    rowVersion, record, kind, createdAt, factors, write.key.tenant, write.key.subject,
                    write.expectedVersion,
                ])
            try update.execute()
        }
        guard database.changesCount == 1 else { return false }
        audit.setUncheckedArguments(
            [write.key.tenant, Data(write.pseudonym.bytes), version, write.at, Data(write.event)])
        try audit.execute()
        return true
    }
}
