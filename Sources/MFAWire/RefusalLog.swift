import Logging
import NIOCore
import Synchronization

/// One log line for a refused connection, and no more than ten a second however many are refused.
final class RefusalLog: Sendable {
    private static let linesPerSecond = 10

    private struct Window {
        var end = ContinuousClock.now
        var lines = 0
        var suppressed = 0
    }

    private let logger: Logger
    private let window = Mutex(Window())

    init(_ logger: Logger) {
        self.logger = logger
    }

    func record(_ refusal: ConnectionRefusal, peer: SocketAddress?, detail: String? = nil) {
        let suppressed: Int? = window.withLock { window in
            let now = ContinuousClock.now
            if now >= window.end {
                window = Window(end: now + .seconds(1), suppressed: window.suppressed)
            }
            guard window.lines < Self.linesPerSecond else {
                window.suppressed += 1
                return nil
            }
            window.lines += 1
            defer { window.suppressed = 0 }
            return window.suppressed
        }
        guard let suppressed else { return }
        var metadata: Logger.Metadata = ["reason": "\(refusal.rawValue)"]
        if let peer { metadata["peer"] = "\(peer.ipAddress ?? "local")" }
        if let detail { metadata["detail"] = "\(detail)" }
        if suppressed > 0 { metadata["suppressed"] = "\(suppressed)" }
        logger.notice("connection refused", metadata: metadata)
    }
}
