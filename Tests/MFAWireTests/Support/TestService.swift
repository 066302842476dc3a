import MFAMethods
import Synchronization

/// A service whose handlers do what a test of the wire needs.
final class TestService: Sendable {
    static let name = "test.v1.TestService"

    private struct State {
        var isOpen = false
        var waiters: [CheckedContinuation<Void, Never>] = []
        var entered = 0
        var contexts: [CallContext] = []
    }

    private let state = Mutex(State())

    /// Handlers of Wait that were entered.
    var entered: Int { state.withLock { $0.entered } }
    var contexts: [CallContext] { state.withLock { $0.contexts } }

    /// Lets all calls of Wait go on, those to come too.
    func open() {
        let waiters = state.withLock { state in
            state.isOpen = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    func makeTable() throws -> MethodTable {
        try MethodTable(rows: [
            MethodRow(service: Self.name, method: "Echo") { payload, context in
                self.state.withLock { $0.contexts.append(context) }
                return .message(payload)
            },
            MethodRow(service: Self.name, method: "Wait") { payload, _ in
                await self.wait()
                return .message(payload)
            },
            MethodRow(service: Self.name, method: "Fail") { _, _ in
                .status(CallStatus(.internalError, reason: "INTERNAL", "Something went wrong."))
            },
            // The payload's four bytes are the size of the answer, big-endian.
            MethodRow(service: Self.name, method: "Large") { payload, _ in
                self.state.withLock { $0.entered += 1 }
                return .message(Array(repeating: 7, count: payload.reduce(0) { $0 << 8 | Int($1) }))
            },
        ])
    }

    private func wait() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                state.entered += 1
                if !state.isOpen { state.waiters.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }
}
