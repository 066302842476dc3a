internal import Dispatch
internal import Foundation
internal import MFADomain
internal import Synchronization

/// Prints what a year of guessing gets, and what the settings bound it to. Status 1 when it got more.
@main
struct Program {
    static func main() throws {
        let subjects = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 10_000
        guard subjects > 0 else {
            print("usage: SimulatedYear [SUBJECTS]")
            exit(2)
        }
        let settings = DomainSettings()
        let totals = Mutex(Totals())
        let begin = ContinuousClock.now
        let parts = ProcessInfo.processInfo.activeProcessorCount
        DispatchQueue.concurrentPerform(iterations: parts) { part in
            var own = Totals()
            for subject in stride(from: part, to: subjects, by: parts) {
                own.add(seed: UInt64(subject), settings)
            }
            totals.withLock { $0.add(own) }
        }
        let seconds = ContinuousClock.now - begin
        let total = totals.withLock { $0 }
        let bound = SimulatedYear.mostGuesses(settings)
        let chance = SimulatedYear.chanceOfBreaking(guesses: bound, settings)
        print(
            """
            \(subjects) subjects, \(SimulatedYear.days) days: \(total.decisions) decisions \
            in \(seconds.formatted(.units(allowed: [.seconds], fractionalPart: .show(length: 1)))) on \(parts) threads
            sign-ins          \(total.signIns), refused \(total.refusedSignIns)
            guesses a year    \(total.mostGuesses) for one subject at most; the settings allow \(bound)
            guessed right     \(percent(Double(total.broken) / Double(subjects))) of the subjects; \
            \(percent(chance)) is to be expected
            """)
        guard total.failures == 0, total.mostGuesses <= bound else { exit(1) }
    }

    private static func percent(_ part: Double) -> String {
        part.formatted(.percent.precision(.fractionLength(2)))
    }

    private struct Totals {
        var decisions = 0
        var signIns = 0
        var refusedSignIns = 0
        var mostGuesses = 0
        var broken = 0
        var failures = 0

        mutating func add(seed: UInt64, _ settings: DomainSettings) {
            guard let year = try? SimulatedYear(seed: seed, settings: settings) else {
                failures += 1
                return
            }
            decisions += year.decisions
            signIns += year.signIns
            refusedSignIns += year.refusedSignIns
            mostGuesses = max(mostGuesses, year.guesses)
            if year.isBroken { broken += 1 }
        }

        mutating func add(_ other: Totals) {
            decisions += other.decisions
            signIns += other.signIns
            refusedSignIns += other.refusedSignIns
            mostGuesses = max(mostGuesses, other.mostGuesses)
            broken += other.broken
            failures += other.failures
        }
    }
}
