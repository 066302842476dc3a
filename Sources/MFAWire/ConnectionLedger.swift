import NIOCore
import Synchronization

/// Counts what the limits bound, across event loops, and knows every open connection.
final class ConnectionLedger: Sendable {
    private struct Entry {
        let channel: any Channel
        /// nil while the handshake lasts.
        var caller: String?
    }

    private struct State {
        var entries: [ObjectIdentifier: Entry] = [:]
        var handshakes = 0
        var callers: [String: Int] = [:]
        var isDraining = false
    }

    private let limits: WireLimits
    private let state = Mutex(State())
    private let callsInFlight = Atomic(0)

    init(_ limits: WireLimits) {
        self.limits = limits
    }

    /// Takes an accepted connection on, or says why not.
    func admit(_ channel: any Channel) -> ConnectionRefusal? {
        let refusal: ConnectionRefusal? = state.withLock { state in
            guard !state.isDraining else { return .shuttingDown }
            guard state.entries.count < limits.maximumConnections else { return .tooManyConnections }
            guard state.handshakes < limits.maximumHandshakes else { return .tooManyHandshakes }
            state.entries[ObjectIdentifier(channel)] = Entry(channel: channel)
            state.handshakes += 1
            return nil
        }
        if refusal == nil { channel.closeFuture.whenComplete { _ in self.remove(channel) } }
        return refusal
    }

    /// Notes who is at the other end, or says why that one may not have this connection.
    func identify(_ channel: any Channel, as caller: String) -> ConnectionRefusal? {
        state.withLock { state in
            guard let entry = state.entries[ObjectIdentifier(channel)], entry.caller == nil else { return nil }
            guard state.callers[caller, default: 0] < limits.maximumConnectionsPerCaller else {
                return .tooManyConnectionsOfCaller
            }
            state.entries[ObjectIdentifier(channel)]?.caller = caller
            state.handshakes -= 1
            state.callers[caller, default: 0] += 1
            return nil
        }
    }

    private func remove(_ channel: any Channel) {
        state.withLock { state in
            guard let entry = state.entries.removeValue(forKey: ObjectIdentifier(channel)) else { return }
            guard let caller = entry.caller else {
                state.handshakes -= 1
                return
            }
            let remaining = state.callers[caller, default: 1] - 1
            state.callers[caller] = remaining > 0 ? remaining : nil
        }
    }

    /// Admits no more connections; returns those that are open.
    func drain() -> [any Channel] {
        state.withLock { state in
            state.isDraining = true
            return state.entries.values.map(\.channel)
        }
    }

    var connectionCount: Int { state.withLock { $0.entries.count } }
    var callCount: Int { callsInFlight.load(ordering: .relaxed) }

    /// False if the server works on as many calls as it may. Whoever gets true calls ``callEnded()``.
    func callBegins() -> Bool {
        let count = callsInFlight.add(1, ordering: .relaxed).newValue
        guard count <= limits.maximumCallsInFlight else {
            callEnded()
            return false
        }
        return true
    }

    func callEnded() {
        callsInFlight.subtract(1, ordering: .relaxed)
    }
}
