internal import Foundation
internal import GRDB
internal import MFAStore

/// Opens the file and makes sure that it is ours, whole, and belongs to the key ring, before anything is written.
enum DatabaseFile {
    /// "CSGN", in the header of every database of ours.
    private static let applicationID: Int64 = 0x4353_474e
    /// Up to this size a database is checked page by page at each start; it takes some milliseconds.
    private static let maxCheckedBytes = 16 << 20

    static func openWriter(
        path: String, keyRing: KeyRing, options: SQLiteOptions
    ) throws(SQLiteOpenError) -> DatabaseQueue {
        do {
            if try isMissing(path) { try create(path: path, keyRing: keyRing, options: options) }
            if hasLog(path) { try checkUnwritten(path: path, keyRing: keyRing) }
            let connection = try DatabaseQueue(path: path, configuration: writerConfiguration(options))
            try connection.writeWithoutTransaction { database in
                try check(database, path: path, keyRing: keyRing)
                try database.execute(sql: "PRAGMA journal_mode = WAL")
            }
            try fill(connection, keyRing: keyRing)
            return connection
        } catch let error as SQLiteOpenError {
            throw error
        } catch let error as DatabaseError where error.resultCode == .SQLITE_NOTADB {
            throw SQLiteOpenError("database \(path): is not a database")
        } catch {
            throw SQLiteOpenError("database \(path): cannot be opened, or is damaged (\(error))")
        }
    }

    /// Makes the file under another name first: a crash leaves no database that is half made, which would be refused.
    private static func create(path: String, keyRing: KeyRing, options: SQLiteOptions) throws {
        guard !hasLog(path) else {
            throw SQLiteOpenError(
                "database \(path): is missing, but its log is there; restore it, or remove \(path)-wal to begin anew")
        }
        let draft = path + ".new"
        for leftover in [draft, draft + "-journal"] { unlink(leftover) }
        let connection = try DatabaseQueue(path: draft, configuration: writerConfiguration(options))
        try connection.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA application_id = \(applicationID)")
        }
        try fill(connection, keyRing: keyRing)
        try connection.close()
        guard rename(draft, path) == 0 else {
            throw SQLiteOpenError("database \(path): cannot be created (\(String(cString: strerror(errno))))")
        }
        // The new name must be on disk before anything is acknowledged under it.
        guard synchronizeDirectory(of: path) else {
            throw SQLiteOpenError("database \(path): its folder cannot be synced (\(String(cString: strerror(errno))))")
        }
    }

    /// Brings the tables up to date and notes the fingerprints of keys that are new.
    private static func fill(_ connection: DatabaseQueue, keyRing: KeyRing) throws {
        try Migrations.migrator.migrate(connection)
        try connection.write { database in
            for (name, value) in keyRing.fingerprints {
                try database.execute(
                    sql: "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING",
                    arguments: ["key.\(name)", Data(value)])
            }
        }
    }

    /// Checks a database that a crash left with a write-ahead log. The connection that closes last copies the log into
    /// the database, also where the check refused it; one that can only read leaves both as they are. Without a log it
    /// would be the other way round: it could not remove the empty one that opening makes.
    private static func checkUnwritten(path: String, keyRing: KeyRing) throws {
        let connection = try openReader(path: path)
        try connection.read { database in try check(database, path: path, keyRing: keyRing) }
        try connection.close()
    }

    static func openReader(path: String) throws(SQLiteOpenError) -> DatabaseQueue {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.label = "store-reader"
        do {
            return try DatabaseQueue(path: path, configuration: configuration)
        } catch {
            throw SQLiteOpenError("database \(path): cannot be opened for reading (\(error))")
        }
    }

    private static func writerConfiguration(_ options: SQLiteOptions) -> Configuration {
        var configuration = Configuration()
        configuration.label = "store-writer"
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { database in
            // FULL syncs the log at every commit: what was acknowledged is on disk (CONTROLS row 114).
            try database.execute(sql: "PRAGMA synchronous = FULL")
            try database.execute(sql: "PRAGMA wal_autocheckpoint = \(options.checkpointPages)")
            try database.execute(sql: "PRAGMA cache_size = -65536")
        }
        return configuration
    }

    /// An empty file is refused: it would look like a new database, and everything spent would be forgotten.
    private static func isMissing(_ path: String) throws(SQLiteOpenError) -> Bool {
        var status = stat()
        guard stat(path, &status) == 0 else { return true }
        guard status.st_size > 0 else {
            throw SQLiteOpenError("database \(path): is empty; restore it, or remove it to begin anew")
        }
        return false
    }

    private static func hasLog(_ path: String) -> Bool {
        var status = stat()
        return stat(path + "-wal", &status) == 0 && status.st_size > 0
    }

    private static func check(_ database: Database, path: String, keyRing: KeyRing) throws {
        let id = try Int64.fetchOne(database, sql: "PRAGMA application_id")
        guard id == applicationID else {
            throw SQLiteOpenError("database \(path): is not a Countersign database")
        }
        guard try !Migrations.migrator.hasBeenSuperseded(database) else {
            throw SQLiteOpenError("database \(path): was written by a newer version of Countersign")
        }
        let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
        if pages * 4096 <= maxCheckedBytes {
            let finding = try String.fetchOne(database, sql: "PRAGMA quick_check(1)")
            guard finding == "ok" else { throw SQLiteOpenError("database \(path): is damaged") }
        }
        try checkKeyRing(database, path: path, keyRing: keyRing)
    }

    private static func checkKeyRing(_ database: Database, path: String, keyRing: KeyRing) throws {
        let known = try Row.fetchAll(database, sql: "SELECT name, value FROM meta WHERE name LIKE 'key.%'")
        guard !known.isEmpty else { throw SQLiteOpenError("database \(path): names no key ring; it is damaged") }
        let fingerprints = keyRing.fingerprints
        for row in known {
            let (name, value): (String, Data) = (row[0], row[1])
            guard fingerprints[String(name.dropFirst("key.".count))].map({ Data($0) }) == value else {
                throw SQLiteOpenError("database \(path): belongs to another key ring")
            }
        }
    }
}
