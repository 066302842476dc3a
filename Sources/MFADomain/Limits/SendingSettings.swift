/// How sending is rationed, and what it costs. Defaults are those of the configuration reference.
public struct SendingSettings: Sendable, Hashable {
    /// So many in any so many seconds.
    public struct Ration: Sendable, Hashable {
        public var limit: Int64
        public var windowSeconds: Int64

        public init(_ limit: Int64, perSeconds windowSeconds: Int64) {
            self.limit = limit
            self.windowSeconds = windowSeconds
        }
    }

    /// Countries that SMS may go to, ISO 3166-1 alpha-2. Empty sends none (CONTROLS row 24).
    public var smsCountries: Set<String> = []
    /// To one address, in this order: one after another, and in all (CONTROLS row 23).
    public var perAddress = [Ration(1, perSeconds: 30), Ration(5, perSeconds: 600)]
    public var perSubject = Ration(20, perSeconds: 3_600)
    public var perCaller = Ration(2_000, perSeconds: 3_600)
    /// To telephone numbers that differ in their last four digits only.
    public var perPrefix = Ration(50, perSeconds: 3_600)
    public var perCountry = Ration(1_000, perSeconds: 3_600)
    /// Millionths of the currency.
    public var moneyPerHourMicros: Int64 = 20_000_000
    public var moneyPerDayMicros: Int64 = 100_000_000
    /// A prefix is paused when fewer than this share of its codes of the last hour were used.
    public var conversionPercent: Int64 = 10
    /// Sends to a prefix before its share says anything.
    public var conversionMinimumSends: Int64 = 20
    /// What one SMS costs, millionths of the currency, by the leading digits of the number without "+"; the longest
    /// that fits counts. "" is the price of all others.
    public var smsCostMicros: [String: Int64] = ["": 80_000]

    public init() {}

    /// Notices by SMS to one number.
    var noticesPerAddress: Ration { Ration(5, perSeconds: 3_600) }

    var money: [Ration] {
        [Ration(moneyPerHourMicros, perSeconds: 3_600), Ration(moneyPerDayMicros, perSeconds: 86_400)]
    }

    static let conversionWindowSeconds: Int64 = 3_600
    /// Money is worth a word from here on.
    static let moneyAlarmPercent: Int64 = 80

    /// What a message to a number costs at most.
    func costMicros(of number: String) -> Int64 {
        var digits = number.drop { $0 == "+" }
        while true {
            if let cost = smsCostMicros[String(digits)] { return cost }
            guard !digits.isEmpty else { return 0 }
            digits = digits.dropLast()
        }
    }

    /// Names the numbers that differ in their last four digits only.
    static func prefix(of number: String) -> String { String(number.dropLast(4)) }
}
