import Synchronization

/// Why the run is given up, once it is: all calls that are under way look here before they try again.
final class ImportHalt: Sendable {
    private let reason = Mutex<(any Error)?>(nil)

    var error: (any Error)? { reason.withLock { $0 } }

    /// The first error counts.
    func halt(_ error: any Error) {
        reason.withLock { if $0 == nil { $0 = error } }
    }
}
