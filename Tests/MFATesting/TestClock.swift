public import MFADomain
import Synchronization

/// A clock that stands until it is set.
public final class TestClock: Sendable {
    private let moment: Mutex<Timestamp>

    public init(seconds: Int64 = 1_700_000_010) {
        moment = Mutex(Timestamp(seconds: seconds))
    }

    public var now: Timestamp { moment.withLock { $0 } }

    public func advance(seconds: Int64) {
        moment.withLock { $0 = $0.adding(seconds: seconds) }
    }

    public func set(seconds: Int64) {
        moment.withLock { $0 = Timestamp(seconds: seconds) }
    }
}
