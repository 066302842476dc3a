internal import Synchronization

/// Those who wait for something with an id to end.
final class Waits<Key: Hashable & Sendable>: Sendable {
    /// One who waits. Made before what it waits for is looked at, so that no end goes unnoticed between the two.
    final class Ticket: Sendable {
        private struct State {
            var isOver = false
            var continuation: CheckedContinuation<Void, Never>?
        }

        fileprivate let key: Key
        private let state = Mutex(State())

        fileprivate init(_ key: Key) {
            self.key = key
        }

        /// Ends the wait, now or before it began.
        fileprivate func end() {
            let continuation = state.withLock { state in
                state.isOver = true
                defer { state.continuation = nil }
                return state.continuation
            }
            continuation?.resume()
        }

        /// Returns when the end may have come, or when so much time is over, or the task was cancelled.
        func wait(upTo duration: Duration) async {
            let timer = Task {
                try? await Task.sleep(for: duration)
                end()
            }
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    let isOver = state.withLock { state in
                        if !state.isOver { state.continuation = continuation }
                        return state.isOver
                    }
                    if isOver { continuation.resume() }
                }
            } onCancel: {
                end()
            }
            timer.cancel()
        }
    }

    private let tickets = Mutex<[Key: [Ticket]]>([:])

    func begin(_ key: Key) -> Ticket {
        let ticket = Ticket(key)
        tickets.withLock { $0[key, default: []].append(ticket) }
        return ticket
    }

    func finish(_ ticket: Ticket) {
        tickets.withLock { tickets in
            tickets[ticket.key]?.removeAll { $0 === ticket }
            if tickets[ticket.key]?.isEmpty == true { tickets[ticket.key] = nil }
        }
    }

    func notify(_ keys: [Key]) {
        let ended = tickets.withLock { tickets in keys.flatMap { tickets.removeValue(forKey: $0) ?? [] } }
        for ticket in ended { ticket.end() }
    }
}
