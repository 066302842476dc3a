import Logging
import Synchronization

/// Keeps every line that is logged, at every level.
struct MemoryLog: LogHandler {
    private final class Lines: Sendable {
        let text = Mutex("")
    }

    private let lines = Lines()
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    var text: String { lines.text.withLock { $0 } }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        lines.text.withLock { $0 += "\(event.level) \(event.message) \(String(describing: event.metadata))\n" }
    }
}
