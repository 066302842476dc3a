internal import GRDB
internal import MFADomain

/// A subject's row. An erased subject keeps its version, and where its time of creation was, when its grace began.
struct StoredRow {
    let version: Int64
    let record: [UInt8]?
    var erasedGraceStartedAt: Timestamp?

    static func select(_ database: Database) throws -> HotStatement {
        try HotStatement(database, sql: "SELECT version, state, created_at FROM subject WHERE tenant = ? AND id = ?")
    }

    static func fetch(_ key: SubjectKey, _ select: HotStatement) throws -> StoredRow? {
        try select.bind(key.tenant, at: 1)
        try select.bind(key.subject, at: 2)
        return try select.fetchOne { row in
            let record = row.bytes(1)
            let moment = record == nil ? row.int64(2) : 0
            return StoredRow(
                version: row.int64(0), record: record,
                erasedGraceStartedAt: moment == 0 ? nil : Timestamp(milliseconds: moment))
        }
    }
}
