import NIOCore

/// The one timer of a connection, set for the earliest of all it has to wait for.
struct Watchdog {
    private var alarm: (at: ContinuousClock.Instant, timer: Scheduled<Void>)?

    /// Sets the timer unless it goes off before that anyway.
    mutating func wake(by instant: ContinuousClock.Instant, on eventLoop: any EventLoop, _ body: @escaping () -> Void) {
        if let alarm {
            guard instant < alarm.at else { return }
            alarm.timer.cancel()
        }
        // Not sooner than in a millisecond, so that a clock that lags behind the loop's cannot make it spin, and
        // not later than in an hour, so that no deadline is too far off for the loop's arithmetic.
        let wait = min(max(ContinuousClock.now.duration(to: instant), .milliseconds(1)), .seconds(3600))
        alarm = (instant, eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(wait), body))
    }

    /// The timer went off.
    mutating func wentOff() {
        alarm = nil
    }

    mutating func cancel() {
        alarm?.timer.cancel()
        alarm = nil
    }
}
