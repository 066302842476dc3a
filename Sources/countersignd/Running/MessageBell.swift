import Synchronization

/// Rung by the service after a commit with messages. It is made before the worker that listens to it.
final class MessageBell: Sendable {
    private let listener = Mutex<(@Sendable () -> Void)?>(nil)

    func connect(_ listener: @escaping @Sendable () -> Void) {
        self.listener.withLock { $0 = listener }
    }

    func ring() {
        listener.withLock { $0 }?()
    }
}
