internal import Foundation
internal import Synchronization

/// A thread that takes all work that queued while it was busy, at once.
final class Worker<Work: Sendable>: Sendable {
    private struct State {
        var waiting: [Work] = []
        var isClosed = false
    }

    private let state = Mutex(State())
    private let wakeUps = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)

    init(name: String, perform: @escaping @Sendable ([Work]) -> Void) {
        let thread = Thread { [self] in
            while let work = take() { perform(work) }
            ended.signal()
        }
        thread.name = name
        thread.start()
    }

    /// False when the worker is closed; the work is then not taken.
    func add(_ work: some Collection<Work>) -> Bool {
        guard !work.isEmpty else { return true }
        let (isTaken, wasEmpty) = state.withLock { state in
            guard !state.isClosed else { return (false, false) }
            let wasEmpty = state.waiting.isEmpty
            state.waiting += work
            return (true, wasEmpty)
        }
        // The thread sleeps only on an empty queue, so only the first element needs a wake-up.
        if wasEmpty { wakeUps.signal() }
        return isTaken
    }

    /// Waits for work. Nil when closed and empty.
    private func take() -> [Work]? {
        while true {
            let (work, isClosed) = state.withLock { state in
                let work = state.waiting
                state.waiting = []
                return (work, state.isClosed)
            }
            if !work.isEmpty { return work }
            if isClosed { return nil }
            wakeUps.wait()
        }
    }

    /// Takes no more, and returns when what was taken is done.
    func close() {
        state.withLock { $0.isClosed = true }
        wakeUps.signal()
        ended.wait()
        // A second call must not wait for ever.
        ended.signal()
    }
}
