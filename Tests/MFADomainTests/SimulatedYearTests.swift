import MFADomain
import Testing

@testable import SimulatedYear

@Suite("A simulated year")
struct SimulatedYearTests {
    @Test("A year of guessing between daily sign-ins gets what the settings bound it to, and no more (row 63)")
    func guesses() throws {
        for (consecutive, per30Days) in [(10, 100), (3, 1_000), (5, 20)] {
            var settings = DomainSettings()
            settings.maxConsecutiveFailures = consecutive
            settings.maxFailuresPer30Days = per30Days
            let bound = SimulatedYear.mostGuesses(settings)
            let years = try (0..<3).map { try SimulatedYear(seed: $0, settings: settings) }
            for year in years {
                #expect(year.guesses <= bound && year.signIns == SimulatedYear.days && year.refusedSignIns == 0)
            }
            #expect(years.map(\.guesses).max() == bound, "the one who guesses leaves nothing out")
        }
    }
}
