import NIOCore

/// The pause before the next attempt to connect: none at first, then doubling from 50 ms to 5 s, each a random
/// half to whole of that so that many clients do not come back at once.
struct Backoff {
    private(set) var failureCount = 0

    var pause: TimeAmount {
        guard failureCount > 0 else { return .zero }
        let full = Int64(50) << min(failureCount - 1, 7)
        let capped = min(full, 5000)
        return .milliseconds(.random(in: capped / 2...capped))
    }

    mutating func failed() {
        failureCount = min(failureCount + 1, 1000)
    }

    mutating func succeeded() {
        failureCount = 0
    }
}
