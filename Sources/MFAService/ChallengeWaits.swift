internal import MFADomain
internal import Synchronization

/// Those who wait for a challenge to end.
final class ChallengeWaits: Sendable {
    /// One who waits. Made before the challenge is looked at, so that no end goes unnoticed between the two.
    final class Ticket: Sendable {
        private struct State {
            var isOver = false
            var continuation: CheckedContinuation<Void, Never>?
        }

        fileprivate let challengeID: ChallengeID
        private let state = Mutex(State())

        fileprivate init(_ challengeID: ChallengeID) {
            self.challengeID = challengeID
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

        /// Returns when the challenge may have ended, or when so much time is over, or the task was cancelled.
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

    private let tickets = Mutex<[ChallengeID: [Ticket]]>([:])

    func begin(_ challengeID: ChallengeID) -> Ticket {
        let ticket = Ticket(challengeID)
        tickets.withLock { $0[challengeID, default: []].append(ticket) }
        return ticket
    }

    func finish(_ ticket: Ticket) {
        tickets.withLock { tickets in
            tickets[ticket.challengeID]?.removeAll { $0 === ticket }
            if tickets[ticket.challengeID]?.isEmpty == true { tickets[ticket.challengeID] = nil }
        }
    }

    func notify(_ challengeIDs: [ChallengeID]) {
        let ended = tickets.withLock { tickets in challengeIDs.flatMap { tickets.removeValue(forKey: $0) ?? [] } }
        for ticket in ended { ticket.end() }
    }
}
