import MFATesting
import Testing

@testable import MFADomain

/// After dudect (Reparaz, Balasch, Verbauwhede): times of two classes of input, interleaved at random; Welch's t tells
/// whether their means differ. A leak grows with the samples, chance does not: beyond 10 is a leak.
@Suite("Time tells nothing of a code (CONTROLS row 9)")
struct ConstantTimeTests {
    private static let sampleCount = 1_000_000
    private static let leak = 10.0

    @Test("A TOTP code with its first digit wrong takes as long as one with its last")
    func totp() throws {
        let now = Timestamp(seconds: 1_700_000_000)
        let credential = TOTPCredential(secret: [UInt8](1...20), parameters: .standard)
        let right = Array(
            TOTP.text(secret: credential.secret, step: TOTPParameters.standard.step(at: now), parameters: .standard)
                .utf8)
        let codes = [0, 5].map { wrong in
            var code = right
            code[wrong] = code[wrong] == 0x30 ? 0x31 : 0x30
            return String(decoding: code, as: UTF8.self)
        }
        var code = ""
        let t = measure {
            code = codes[$0]
        } run: {
            _ = credential.match(code, at: now, windowSteps: 1)
        }
        #expect(abs(t) < Self.leak)
    }

    @Test("A digest with its first byte wrong takes as long as one with its last")
    func backupCode() {
        let digests = [UInt8](repeating: 7, count: 10 * BackupCodeSet.digestByteCount)
        let set = BackupCodeSet(total: 10, digests: digests)
        var guess = [UInt8](repeating: 7, count: BackupCodeSet.digestByteCount)
        let t = measure { wrong in
            guess[0] = wrong == 0 ? 8 : 7
            guess[15] = wrong == 0 ? 7 : 8
        } run: {
            var set = set
            _ = set.spend(guess)
        }
        #expect(abs(t) < Self.leak)
    }

    /// Welch's t of the times of both classes, without the slowest tenth, which is the machine's. Both classes run on
    /// the same memory, made ready before the clock starts: where an input lies has its own time.
    private func measure(_ prepare: (_ class: Int) -> Void, run: () -> Void) -> Double {
        var entropy = SeededEntropy(seed: 9)
        let clock = ContinuousClock()
        var samples: [(class: Int, nanoseconds: Double)] = []
        samples.reserveCapacity(Self.sampleCount)
        for _ in 0..<Self.sampleCount {
            let chosen = Int(entropy.next() & 1)
            prepare(chosen)
            let time = clock.measure(run)
            samples.append((chosen, Double(time.components.attoseconds) / 1e9))
        }
        let limit = samples.map(\.nanoseconds).sorted()[Self.sampleCount * 9 / 10]
        var classes = [Moments(), Moments()]
        for sample in samples where sample.nanoseconds < limit { classes[sample.class].add(sample.nanoseconds) }
        let (first, second) = (classes[0], classes[1])
        return (first.mean - second.mean) / (first.variance / first.count + second.variance / second.count).squareRoot()
    }
}

/// Mean and variance of numbers that come one by one (Welford).
private struct Moments {
    private(set) var count = 0.0
    private(set) var mean = 0.0
    private var squares = 0.0

    var variance: Double { squares / (count - 1) }

    mutating func add(_ value: Double) {
        count += 1
        let difference = value - mean
        mean += difference / count
        squares += difference * (value - mean)
    }
}
