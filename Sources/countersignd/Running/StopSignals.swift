import Dispatch
import Foundation
import Synchronization

/// SIGTERM and SIGINT: the first asks to stop, the second ends the program at once.
struct StopSignals {
    private let sources: [any DispatchSourceSignal]
    private let arrivals: AsyncStream<Void>

    init() {
        let (stream, continuation) = AsyncStream<Void>.makeStream()
        let queue = DispatchQueue(label: "signals")
        let count = Count()
        sources = [SIGTERM, SIGINT].map { number in
            // The source sees the signal only if it does not end the program first.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler {
                if count.next() > 1 { _exit(1) }
                continuation.yield()
            }
            source.activate()
            return source
        }
        arrivals = stream
    }

    /// Returns when the first signal has come.
    func wait() async {
        for await _ in arrivals { return }
    }

    /// Both handlers run on one queue; the lock says so to the compiler.
    private final class Count: Sendable {
        private let value = Mutex(0)

        func next() -> Int {
            value.withLock { value in
                value += 1
                return value
            }
        }
    }
}
