import Logging
import Synchronization

/// What was logged, for looking for what must not be there.
public final class TestLog: Sendable {
    private let text = Mutex<[String]>([])

    public init() {}

    public var lines: [String] { text.withLock { $0 } }

    func append(_ line: String) { text.withLock { $0.append(line) } }
}

struct TestLogHandler: LogHandler {
    let log: TestLog
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    init(log: TestLog) {
        self.log = log
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        log.append("\(event.level) \(event.message) \(String(describing: event.metadata))")
    }
}
