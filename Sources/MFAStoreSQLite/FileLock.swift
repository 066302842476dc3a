internal import Foundation

/// Holds a database for this process alone, for as long as it lives. The system drops it with the process.
final class FileLock: Sendable {
    private let descriptor: Int32

    init(database path: String) throws(SQLiteOpenError) {
        descriptor = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw SQLiteOpenError("database \(path): cannot be locked (\(String(cString: strerror(errno))))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw SQLiteOpenError("database \(path): another process is using it")
        }
    }

    deinit {
        close(descriptor)
    }
}
