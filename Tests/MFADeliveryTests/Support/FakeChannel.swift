import MFADelivery
import Synchronization

/// A channel that accepts at once, or holds every message until it is told to let go or the task is cancelled.
final class FakeChannel: Channel {
    private struct State {
        var isHolding: Bool
        var inFlight = 0
        var largestInFlight = 0
        var sent = 0
    }

    private let state: Mutex<State>

    init(holding: Bool = false) {
        state = Mutex(State(isHolding: holding))
    }

    var inFlight: Int { state.withLock { $0.inFlight } }
    var largestInFlight: Int { state.withLock { $0.largestInFlight } }
    var sent: Int { state.withLock { $0.sent } }

    func letGo() {
        state.withLock { $0.isHolding = false }
    }

    func send(_ envelope: Envelope) async -> SendReport {
        state.withLock {
            $0.inFlight += 1
            $0.largestInFlight = max($0.largestInFlight, $0.inFlight)
        }
        defer { state.withLock { $0.inFlight -= 1 } }
        while state.withLock({ $0.isHolding }) {
            guard (try? await Task.sleep(for: .milliseconds(2))) != nil else {
                return SendReport(outcome: .unknown, provider: "fake", reason: "CANCELLED")
            }
        }
        state.withLock { $0.sent += 1 }
        return SendReport(outcome: .accepted, provider: "fake")
    }

    func close() async {}
}
