import NIOCore
import Synchronization

/// A call whose answer is awaited. It ends exactly once, with whatever comes first: the answer, its deadline,
/// its task's cancellation, the end of its connection.
final class PendingCall: Sendable {
    let service: String
    let method: String
    let payload: [UInt8]
    let metadata: [(key: String, value: String)]
    let deadline: NIODeadline

    private enum State {
        case created
        case awaited(CheckedContinuation<ByteBuffer, any Error>)
        case ended(Result<ByteBuffer, any Error>)
    }
    private let state = Mutex(State.created)

    init(
        service: String, method: String, payload: [UInt8], metadata: [(key: String, value: String)],
        deadline: NIODeadline
    ) {
        self.service = service
        self.method = method
        self.payload = payload
        self.metadata = metadata
        self.deadline = deadline
    }

    var hasEnded: Bool {
        state.withLock { if case .ended = $0 { true } else { false } }
    }

    /// The body of the Response frame. `start` runs once the answer can be taken.
    func response(start: () -> Void) async throws -> ByteBuffer {
        try await withCheckedThrowingContinuation { continuation in
            let early: Result<ByteBuffer, any Error>? = state.withLock {
                if case .ended(let result) = $0 { return result }
                $0 = .awaited(continuation)
                return nil
            }
            if let early {
                continuation.resume(with: early)
            } else {
                start()
            }
        }
    }

    func end(_ result: Result<ByteBuffer, any Error>) {
        let continuation: CheckedContinuation<ByteBuffer, any Error>? = state.withLock {
            switch $0 {
            case .created:
                $0 = .ended(result)
                return nil
            case .awaited(let continuation):
                $0 = .ended(result)
                return continuation
            case .ended:
                return nil
            }
        }
        continuation?.resume(with: result)
    }
}
