/// What an authenticator app computes with. The defaults are the only values every app honours.
public struct TOTPParameters: Sendable, Hashable {
    public static let allowedDigits: Set<Int> = [6, 8]
    public static let allowedPeriodSeconds = 15...120

    public let algorithm: HashAlgorithm
    public let digits: Int
    public let periodSeconds: Int

    /// Nil unless 6 or 8 digits and a period of 15 to 120 seconds.
    public init?(algorithm: HashAlgorithm = .sha1, digits: Int = 6, periodSeconds: Int = 30) {
        guard Self.allowedDigits.contains(digits), Self.allowedPeriodSeconds.contains(periodSeconds) else { return nil }
        self.algorithm = algorithm
        self.digits = digits
        self.periodSeconds = periodSeconds
    }

    private init() {
        (algorithm, digits, periodSeconds) = (.sha1, 6, 30)
    }

    public static let standard = TOTPParameters()

    /// The time step a moment lies in (RFC 6238, section 4.2, T0 = 0).
    public func step(at now: Timestamp) -> Int64 {
        max(0, now.seconds) / Int64(periodSeconds)
    }
}
