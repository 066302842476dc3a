/// A moment on the server's clock, in milliseconds since 1970-01-01T00:00:00Z. The domain is given one; it never
/// reads a clock.
public struct Timestamp: Sendable, Hashable, Comparable {
    public let milliseconds: Int64

    public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    public init(seconds: Int64) {
        self.init(milliseconds: seconds.multipliedReportingOverflow(by: 1000).partialValue)
    }

    public static func < (lhs: Timestamp, rhs: Timestamp) -> Bool {
        lhs.milliseconds < rhs.milliseconds
    }

    /// Whole seconds since the epoch, rounded down.
    public var seconds: Int64 {
        let (quotient, remainder) = milliseconds.quotientAndRemainder(dividingBy: 1000)
        return remainder < 0 ? quotient - 1 : quotient
    }

    /// Whole days since the epoch.
    public var day: Int64 {
        seconds / 86_400
    }

    public func adding(seconds: Int64) -> Timestamp {
        Timestamp(milliseconds: milliseconds &+ seconds &* 1000)
    }

    /// Milliseconds from an earlier moment to this one; negative when the clock stepped back.
    public func millisecondsSince(_ earlier: Timestamp) -> Int64 {
        milliseconds &- earlier.milliseconds
    }

    /// True at the earlier moment and for so many seconds after it; false before it, where a clock that was set back
    /// stands.
    public func isWithin(seconds: Int64, after earlier: Timestamp) -> Bool {
        (0...seconds &* 1000).contains(millisecondsSince(earlier))
    }

    /// True once so many seconds went by since the earlier moment.
    public func isPast(seconds: Int64, after earlier: Timestamp) -> Bool {
        millisecondsSince(earlier) >= seconds &* 1000
    }
}
