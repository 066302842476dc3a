/// Counts a factor's failures: in a row, and in 30 days whatever succeeds between. Either limit locks the factor
/// until an administrator unlocks it; before that, each failure in a row makes the next try wait longer.
///
/// A success forgets the row, not the 30 days: otherwise guesses placed between a person's own sign-ins would never
/// add up (about one account in ten a year at 100 guesses a day).
public struct FailureBudget: Sendable, Hashable {
    /// Failures of one day, by days since the epoch.
    public struct DayCount: Sendable, Hashable {
        public let day: Int64
        public var count: Int

        public init(day: Int64, count: Int) {
            self.day = day
            self.count = count
        }
    }

    public enum Status: Sendable, Hashable {
        case open
        case locked
        case delayed(milliseconds: Int64)
    }

    public private(set) var consecutive: Int
    public private(set) var lastFailureAt: Timestamp?
    public private(set) var days: [DayCount]
    public private(set) var isLocked: Bool

    public init(consecutive: Int = 0, lastFailureAt: Timestamp? = nil, days: [DayCount] = [], isLocked: Bool = false) {
        self.consecutive = consecutive
        self.lastFailureAt = lastFailureAt
        self.days = days
        self.isLocked = isLocked
    }

    public func status(at now: Timestamp, _ settings: DomainSettings) -> Status {
        if isLocked { return .locked }
        let wait = delayMilliseconds(at: now, settings)
        return wait > 0 ? .delayed(milliseconds: wait) : .open
    }

    /// A clock that was set back: the last failure counts as of now, so that waiting helps again.
    mutating func noticeClock(_ now: Timestamp) {
        if let lastFailureAt, now < lastFailureAt { self.lastFailureAt = now }
    }

    /// How long the next try must still wait. Never longer than the configured delay.
    public func delayMilliseconds(at now: Timestamp, _ settings: DomainSettings) -> Int64 {
        guard consecutive > 0, let lastFailureAt, !settings.failureDelaysSeconds.isEmpty else { return 0 }
        let index = min(consecutive, settings.failureDelaysSeconds.count) - 1
        let delay = settings.failureDelaysSeconds[index] * 1000
        return min(delay, max(0, delay - now.millisecondsSince(lastFailureAt)))
    }

    public func attemptsLeft(at now: Timestamp, _ settings: DomainSettings) -> Int {
        if isLocked { return 0 }
        let recent = days.reduce(0) { Self.isRecent($1, at: now) ? $0 + $1.count : $0 }
        return max(0, min(settings.maxConsecutiveFailures - consecutive, settings.maxFailuresPer30Days - recent))
    }

    /// Charges one failure. True when this one locked the factor.
    mutating func fail(at now: Timestamp, _ settings: DomainSettings) -> Bool {
        consecutive += 1
        lastFailureAt = now
        days.removeAll { !Self.isRecent($0, at: now) }
        if let index = days.firstIndex(where: { $0.day == now.day }) {
            days[index].count += 1
        } else {
            days.append(DayCount(day: now.day, count: 1))
        }
        isLocked = attemptsLeft(at: now, settings) == 0
        return isLocked
    }

    mutating func succeed() {
        consecutive = 0
        lastFailureAt = nil
    }

    /// A day stays in the window for 30 days. One that lies ahead (the clock was set back) stays too.
    private static func isRecent(_ day: DayCount, at now: Timestamp) -> Bool {
        day.day > now.day - 30
    }
}
