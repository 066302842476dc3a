/// A counter-based secret and how far it was used (RFC 4226). The counter only moves forward.
public struct HOTPCredential: Sendable, Hashable {
    public enum Match: Sendable, Hashable {
        /// A code at or shortly after the expected counter, or the second of two consecutive ones far ahead.
        case fresh(counter: UInt64)
        /// The code of a counter that was used or skipped.
        case spent
        /// A code far ahead of the expected counter: the one that follows it would bring the token back.
        case ahead(counter: UInt64)
        case none
    }

    public let secret: [UInt8]
    public let algorithm: HashAlgorithm
    /// 6 or 8.
    public let digits: Int
    /// What the next code is expected to be computed from.
    public private(set) var counter: UInt64
    /// Set by a code far ahead: the counter whose code, given next, is accepted (RFC 4226, section 7.4).
    public private(set) var resynchronizationCounter: UInt64?

    /// Nil unless 6 or 8 digits and a counter that leaves room to look ahead.
    public init?(
        secret: [UInt8], algorithm: HashAlgorithm = .sha1, digits: Int = 6, counter: UInt64 = 0,
        resynchronizationCounter: UInt64? = nil
    ) {
        guard TOTPParameters.allowedDigits.contains(digits), counter <= Self.maxCounter else { return nil }
        self.secret = secret
        self.algorithm = algorithm
        self.digits = digits
        self.counter = counter
        self.resynchronizationCounter = resynchronizationCounter
    }

    /// Counters fit a signed integer, look-ahead included. A token that came this far is used up.
    public static let maxCounter = UInt64(Int64.max) - 1_000

    /// How far ahead of the counter two consecutive codes may bring it back.
    static let resynchronizationWindow: UInt64 = 100
    /// Used counters that are looked at to tell REPLAYED from WRONG_CODE.
    static let spentWindow: UInt64 = 8

    /// Compares a code with those around the counter. All of them are computed, whatever matched before, so that the
    /// time tells nothing; it does not grow with the counter (CONTROLS row 10).
    public func match(_ code: String, lookAhead: Int) -> Match {
        guard counter < Self.maxCounter, let number = TOTP.number(code, digits: digits) else { return .none }
        let first = counter - min(counter, Self.spentWindow)
        let lastFresh = counter + UInt64(max(0, lookAhead))
        // One more than the window, for the code after its last one.
        let last = lastFresh + Self.resynchronizationWindow + 1
        var found = Match.none
        // From the far end, so that the match nearest to the counter stays.
        let counters = (first...last).map { Int64(bitPattern: $0) }
        let codes = TOTP.Generator(secret: secret, algorithm: algorithm).codes(of: counters, digits: digits)
        for (candidate, code) in zip(first...last, codes).reversed() where number == code {
            if candidate < counter {
                if found == .none { found = .spent }
            } else if candidate <= lastFresh || candidate == resynchronizationCounter {
                found = .fresh(counter: candidate)
            } else if candidate < last {
                found = .ahead(counter: candidate)
            }
        }
        return found
    }

    /// Spends a code and every one before it (CONTROLS row 11).
    mutating func spend(_ used: UInt64) {
        counter = min(used + 1, Self.maxCounter)
        resynchronizationCounter = nil
    }

    /// Notes what a miss said: the code after one far ahead is awaited, after any other nothing is.
    mutating func noteMiss(_ match: Match) {
        if case .ahead(let ahead) = match {
            resynchronizationCounter = ahead + 1
        } else {
            resynchronizationCounter = nil
        }
    }

    public var parameters: HOTPParameters { HOTPParameters(algorithm: algorithm, digits: digits) }
}
