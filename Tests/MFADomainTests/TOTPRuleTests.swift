import MFADomain
import MFATesting
import Testing

@Suite("TOTP")
struct TOTPRuleTests {
    @Test("The accepted set is the configured window, to the second at the edges (row 3)", arguments: [0, 1, 2])
    func window(steps: Int) throws {
        var settings = DomainSettings()
        settings.totpWindowSteps = steps
        for edge in [Int64(0), 29] {
            for offset in Int64(-5)...5 {
                var simulation = Simulation(seconds: 1_700_000_010 + edge, settings: settings)
                let offer = try simulation.enroll()
                let verdict = try simulation.run(
                    ActivateFactor(
                        facts: .test(), factorID: offer.id,
                        code: simulation.code(offer.credential, stepsAhead: offset))
                ).verdict
                #expect((verdict == .accepted) == (abs(offset) <= Int64(steps)), "offset \(offset), edge \(edge)")
            }
        }
    }

    @Test("A code ahead of the window looks like any wrong one: a guess must not learn what will be valid")
    func noOracleForTheFuture() throws {
        var simulation = Simulation()
        let (_, credential, _) = try simulation.activate()
        for offset in Int64(2)...12 {
            var copy = simulation
            #expect(try copy.verify(copy.code(credential, stepsAhead: offset)).verdict == .wrongCode)
        }
        simulation.advance(seconds: 3600)
        #expect(try simulation.verify(simulation.code(credential, stepsAhead: -2)).verdict == .outsideWindow)
    }

    @Test("A step is used once, and none older than one used (row 4)")
    func highWaterMark() throws {
        var simulation = Simulation()
        let (_, credential, _) = try simulation.activate()
        simulation.advance(seconds: 300)
        let (older, newer) = (simulation.code(credential), simulation.code(credential, stepsAhead: 1))
        #expect(try simulation.verify(newer).verdict == .accepted)
        #expect(try simulation.verify(newer).verdict == .replayed)
        #expect(try simulation.verify(older).verdict == .replayed)
    }

    @Test("The confirming code is spent too (row 6)")
    func confirmingCodeIsSpent() throws {
        var simulation = Simulation()
        let offer = try simulation.enroll()
        let code = simulation.code(offer.credential)
        let activation = try simulation.run(
            ActivateFactor(facts: .test(), factorID: offer.id, code: code))
        #expect(activation.verdict == .accepted)
        #expect(try simulation.verify(code).verdict == .replayed)
    }

    @Test("Only ASCII digits of exactly the right number are a code; anything else is wrong and counted (row 8)")
    func canonicalForm() throws {
        var settings = DomainSettings()
        settings.failureDelaysSeconds = []
        settings.maxConsecutiveFailures = 100
        settings.maxFailuresPer30Days = 1000
        var simulation = Simulation(settings: settings)
        let (id, credential, _) = try simulation.activate()
        let code = simulation.code(credential)
        let fullWidth = String(
            String.UnicodeScalarView(code.unicodeScalars.compactMap { Unicode.Scalar($0.value + 0xfee0) }))
        let arabic = String(
            String.UnicodeScalarView(code.unicodeScalars.compactMap { Unicode.Scalar($0.value + 0x630) }))
        let forms: [String] = [
            " " + code, code + " ", "\(code.prefix(3)) \(code.suffix(3))", code + "\n", "\n" + code, "0" + code,
            code + "0", String(code.dropFirst()), fullWidth, arabic, "+\(code.dropFirst())", "-1", "1e5", "０", "\u{0}",
        ]
        for (index, form) in forms.enumerated() {
            #expect(try simulation.verify(form).verdict == .wrongCode, "\(form.debugDescription)")
            #expect(simulation.state?.factor(id)?.budget.consecutive == index + 1)
        }
        #expect(try simulation.verify(code).verdict == .accepted)
        for form in forms {
            #expect(try simulation.verify(form).verdict == .wrongCode, "after it was spent")
        }
    }

    @Test("Secrets are as long as the hash, without repeats, and balanced (row 2)")
    func secretStrength() throws {
        for algorithm in HashAlgorithm.allCases {
            let parameters = try #require(TOTPParameters(algorithm: algorithm))
            var secrets: Set<[UInt8]> = []
            var ones = 0
            let count = 10_000
            for seed in 0..<count {
                var simulation = Simulation(seed: UInt64(seed))
                let secret = try simulation.enroll(parameters: parameters).credential.secret
                #expect(secret.count == algorithm.secretByteCount)
                secrets.insert(secret)
                ones += secret.reduce(0) { $0 + $1.nonzeroBitCount }
            }
            #expect(secrets.count == count)
            let share = Double(ones) / Double(count * algorithm.secretByteCount * 8)
            #expect(abs(share - 0.5) < 0.005)
        }
    }

    @Test("A clock that steps back never revives a step")
    func clockBack() throws {
        var simulation = Simulation()
        let (_, credential, _) = try simulation.activate()
        simulation.advance(seconds: 300)
        let code = simulation.code(credential)
        #expect(try simulation.verify(code).verdict == .accepted)
        simulation.advance(seconds: -30)
        #expect(try simulation.verify(code).verdict == .replayed)
        #expect(try simulation.verify(simulation.code(credential)).verdict == .replayed)
    }

    @Test("Several factors of a kind are all tried; a miss is charged to each, a hit to none")
    func severalFactors() throws {
        var simulation = Simulation()
        let first = try simulation.activate()
        let second = try simulation.activate(facts: .test(mayBindWithoutProof: true))
        simulation.advance(seconds: 300)
        let outcome = try simulation.verify(simulation.code(second.credential))
        #expect(outcome.verdict == .accepted && outcome.factorID == second.id)
        #expect(simulation.state?.factor(first.id)?.budget.consecutive == 0)
        let miss = try simulation.verify("abcdef")
        #expect(miss.verdict == .wrongCode)
        for id in [first.id, second.id] { #expect(simulation.state?.factor(id)?.budget.consecutive == 1) }
    }
}
