internal import Synchronization

/// Sessions that are not in use. There are never more of them than threads that send.
final class SMTPSessions: Sendable {
    private let idle = Mutex<[SMTPSession]>([])

    func take() -> SMTPSession? {
        idle.withLock { $0.popLast() } ?? SMTPSession()
    }

    func put(_ session: SMTPSession) {
        idle.withLock { $0.append(session) }
    }

    /// Closes their connections.
    func clear() {
        let sessions = idle.withLock { sessions in
            let all = sessions
            sessions = []
            return all
        }
        _ = consume sessions
    }
}
