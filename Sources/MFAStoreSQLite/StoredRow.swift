internal import GRDB
internal import MFADomain

/// A subject's row. An erased subject keeps its version and nothing else.
struct StoredRow {
    let version: Int64
    let record: [UInt8]?

    static func select(_ database: Database) throws -> HotStatement {
        try HotStatement(database, sql: "SELECT version, state FROM subject WHERE tenant = ? AND id = ?")
    }

    static func fetch(_ key: SubjectKey, _ select: HotStatement) throws -> StoredRow? {
        try select.bind(key.tenant, at: 1)
        try select.bind(key.subject, at: 2)
        return try select.fetchOne { row in StoredRow(version: row.int64(0), record: row.bytes(1)) }
    }
}
