internal import GRDB
internal import MFADomain

/// A subject's row. An erased subject keeps its version and nothing else.
struct StoredRow {
    let version: Int64
    let record: [UInt8]?

    static let select = "SELECT version, state FROM subject WHERE tenant = ? AND id = ?"

    static func fetch(_ key: SubjectKey, _ statement: Statement) throws -> StoredRow? {
        let rows = try Row.fetchCursor(statement, arguments: [key.tenant, key.subject])
        guard let row = try rows.next() else { return nil }
        return StoredRow(
            version: row[0], record: try row.withUnsafeData(atIndex: 1) { data in data.map { Array($0) } })
    }
}
