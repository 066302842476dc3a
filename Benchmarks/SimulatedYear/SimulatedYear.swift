internal import MFADomain

/// A year of one person's daily sign-ins, and of somebody who guesses whenever the budget of failures lets them, knows
/// the budget, never knows a code, and lets the factor lock only on the last day (CONTROLS row 63).
struct SimulatedYear {
    static let days = 365
    /// The first moment of a day.
    private static let start = Timestamp(seconds: 19_676 * 86_400)

    private(set) var decisions = 0
    private(set) var signIns = 0
    private(set) var refusedSignIns = 0
    /// Guesses that were compared with a code.
    private(set) var guesses = 0
    /// True when one of them was right. Then there is nothing left to guess.
    private(set) var isBroken = false

    init(seed: UInt64, settings: DomainSettings) throws {
        var person = try Person(seed: seed, at: Self.start.adding(seconds: -86_400), settings: settings)
        var hours = Chance(seed: ~seed)
        for day in 0..<Int64(Self.days) {
            let midnight = Self.start.adding(seconds: day * 86_400)
            person.now = midnight
            try guess(&person, leaving: 1)
            person.now = midnight.adding(seconds: 21_600 + Int64(hours.next(upperBound: UInt64(43_200))))
            signIns += 1
            if try !person.signIn() { refusedSignIns += 1 }
            person.now = person.now.adding(seconds: 3_600)
            try guess(&person, leaving: day == Int64(Self.days) - 1 ? 0 : 1)
        }
        decisions = person.decisions
    }

    private mutating func guess(_ person: inout Person, leaving attemptsLeft: Int) throws {
        guard !isBroken else { return }
        let (count, isRight) = try person.guess(leaving: attemptsLeft)
        guesses += count
        isBroken = isRight
    }

    /// The most guesses that the settings allow in a year with one sign-in a day. Between two sign-ins the failures stay
    /// one below what locks in a row; in each of the blocks of 30 days that the year is cut into, and in the rest, one
    /// below what locks in 30 days. One guess more locks.
    static func mostGuesses(_ settings: DomainSettings) -> Int {
        func between(_ signIns: Int) -> Int { (signIns + 1) * (settings.maxConsecutiveFailures - 1) }
        func most(in days: Int) -> Int { min(settings.maxFailuresPer30Days - 1, between(days)) }
        let (blocks, rest) = days.quotientAndRemainder(dividingBy: 30)
        return min(blocks * most(in: 30) + most(in: rest), between(days)) + 1
    }

    /// How likely one of so many guesses is right: each is compared with the codes of the whole window (RFC 4226,
    /// appendix A.4).
    static func chanceOfBreaking(guesses: Int, _ settings: DomainSettings) -> Double {
        1
            - (0..<guesses).reduce(1.0) { chance, _ in
                chance * (1 - Double(2 * settings.totpWindowSteps + 1) / 1_000_000)
            }
    }
}
