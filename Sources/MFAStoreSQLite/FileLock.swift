internal import Foundation
internal import Synchronization

/// Holds a database for this process alone, until released. The system drops it with the process.
final class FileLock: Sendable {
    private let descriptor: Mutex<Int32?>

    init(database path: String) throws(SQLiteOpenError) {
        let descriptor = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw SQLiteOpenError("database \(path): cannot be locked (\(String(cString: strerror(errno))))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw SQLiteOpenError("database \(path): another process is using it")
        }
        self.descriptor = Mutex(descriptor)
    }

    func release() {
        descriptor.withLock { descriptor in
            if let descriptor { close(descriptor) }
            descriptor = nil
        }
    }

    deinit {
        release()
    }
}
