import NIOCore

extension TTRPCConnection {
    func wake(by instant: ContinuousClock.Instant) {
        watchdog.wake(by: instant, on: eventLoop) { self.watch() }
    }

    private func watch() {
        watchdog.wentOff()
        guard context != nil else { return }
        let now = ContinuousClock.now
        if let lingersUntil, lingersUntil <= now { return close() }
        if let frameBegan, frameBegan + limits.frameTimeout <= now { return refuse(.frameTimeout) }
        if let stallBegan, stallBegan + limits.stallTimeout <= now { return refuse(.stallTimeout) }
        if calls.isEmpty, lastActivity + limits.idleTimeout <= now { return close() }

        let overdue = calls.abandonOverdue(at: now)
        for streamID in overdue { answer(streamID, WireStatus.deadlineExceeded) }
        if !overdue.isEmpty { flushSoon() }
        wake(by: nextInstant(after: now))
    }

    private func nextInstant(after now: ContinuousClock.Instant) -> ContinuousClock.Instant {
        var next = calls.isEmpty ? lastActivity + limits.idleTimeout : now + limits.idleTimeout
        if let frameBegan { next = min(next, frameBegan + limits.frameTimeout) }
        if let lingersUntil { next = min(next, lingersUntil) }
        if let stallBegan { next = min(next, stallBegan + limits.stallTimeout) }
        if let deadline = calls.earliestDeadline { next = min(next, deadline) }
        return next
    }
}
