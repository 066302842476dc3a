import MFADomain
import MFATesting
import Testing

@Suite("Failure budgets")
struct BudgetRuleTests {
    static var withoutDelays: DomainSettings {
        var settings = DomainSettings()
        settings.failureDelaysSeconds = []
        return settings
    }

    @Test("Ten failures in a row lock; the eleventh try is not looked at, even when right (row 59)")
    func lock() throws {
        var simulation = Simulation(settings: Self.withoutDelays)
        let (id, credential, _) = try simulation.activate()
        for attempt in 1...10 {
            let outcome = try simulation.verify(simulation.wrongCode(credential))
            #expect(outcome.verdict == .wrongCode && outcome.attemptsLeft == 10 - attempt)
        }
        #expect(simulation.events.last?.factorLocked == true)
        #expect(try simulation.verify(simulation.code(credential)).verdict == .locked)
        simulation.advance(seconds: 86_400 * 365)
        #expect(try simulation.verify(simulation.code(credential)).verdict == .locked, "time opens no lock")
        _ = try simulation.run(UnlockFactor(facts: .test(mayAdminister: true), factorID: id))
        #expect(try simulation.verify(simulation.code(credential)).verdict == .accepted)
    }

    @Test("Each failure in a row makes the next try wait longer; a try that came too early is not looked at")
    func growingDelay() throws {
        var simulation = Simulation()
        let (id, credential, _) = try simulation.activate()
        var waits: [Int64] = []
        for _ in 0..<9 {
            waits.append(try simulation.verify(simulation.wrongCode(credential)).retryAfterMilliseconds)
            if let wait = waits.last, wait > 0 {
                let early = try simulation.verify(simulation.code(credential))
                #expect(early.verdict == .rateLimited && early.retryAfterMilliseconds == wait)
                simulation.advance(seconds: wait / 1000)
            }
        }
        #expect(waits == waits.sorted() && waits.last == 15_000)
        #expect(simulation.state?.factor(id)?.budget.consecutive == 9, "waiting tries cost nothing")
        #expect(try simulation.verify(simulation.code(credential)).verdict == .accepted)
    }

    @Test("A clock that was set back makes nobody wait longer than the delay, by as much as a year")
    func delayAfterClockBack() throws {
        var simulation = Simulation()
        let (_, credential, _) = try simulation.activate()
        for _ in 0..<5 { _ = try simulation.verify(simulation.wrongCode(credential)) }
        simulation.advance(seconds: -86_400 * 365)
        let early = try simulation.verify("000000")
        #expect(early.verdict == .rateLimited && early.retryAfterMilliseconds == 1000)
        simulation.advance(seconds: 1)
        #expect(try simulation.verify("000000").verdict == .wrongCode, "waiting helps")
    }

    @Test("A replay counts as a failure, a repeat under the same key does not")
    func replayCounts() throws {
        var simulation = Simulation(settings: Self.withoutDelays)
        let (id, credential, _) = try simulation.activate()
        let code = simulation.code(credential)
        let key = IdempotencyKey(caller: "backend", key: "k", method: "Verify", body: Array(code.utf8))
        let first = try simulation.verify(code, facts: .test(key: key))
        let repeated = try simulation.verify(code, facts: .test(key: key))
        #expect(first.verdict == .accepted && first == repeated)
        #expect(simulation.state?.factor(id)?.budget.consecutive == 0)
        #expect(try simulation.verify(code).verdict == .replayed)
        #expect(simulation.state?.factor(id)?.budget.consecutive == 1)
    }

    @Test("Guesses between a person's own sign-ins stay under 100 in any 30 days, over a simulated year (row 63)")
    func cumulativeCap() throws {
        var simulation = Simulation(settings: Self.withoutDelays)
        let (id, credential, _) = try simulation.activate()
        var guessDays: [Int] = []
        for day in 0..<365 {
            simulation.advance(seconds: 86_400)
            for variant in 0..<9 {
                let verdict = try simulation.verify(simulation.wrongCode(credential, variant: variant)).verdict
                if verdict == .wrongCode { guessDays.append(day) }
            }
            if try simulation.verify(simulation.code(credential)).verdict == .locked, day % 40 == 39 {
                _ = try simulation.run(UnlockFactor(facts: .test(mayAdminister: true), factorID: id))
            }
        }
        for start in 0..<365 {
            #expect(guessDays.count { (start..<start + 30).contains($0) } <= 2 * 100, "an unlock begins a new count")
        }
        let untilFirstLock = guessDays.prefix { $0 < 40 }.count
        #expect(untilFirstLock == 100)
    }

    @Test("Locking one factor does not lock the person: a backup code still gets in (row 65)")
    func otherFactorStillWorks() throws {
        var simulation = Simulation(settings: Self.withoutDelays)
        let (_, credential, activation) = try simulation.activate()
        for _ in 0..<10 { _ = try simulation.verify(simulation.wrongCode(credential)) }
        #expect(try simulation.verify(simulation.code(credential)).verdict == .locked)
        let recovery = try simulation.verify(activation.backupCodes[0], .kind(.backupCodes))
        #expect(recovery.verdict == .accepted && recovery.backupCodesLeft == 9)
        let proof = try #require(recovery.verificationID)
        _ = try simulation.enroll(proof: proof)
    }

    @Test("A pending factor has five tries and ten minutes")
    func pendingFactor() throws {
        var simulation = Simulation()
        var offer = try simulation.enroll()
        for left in [4, 3, 2, 1, 0] {
            let outcome = try simulation.run(
                ActivateFactor(facts: .test(), factorID: offer.id, code: simulation.wrongCode(offer.credential)))
            #expect(outcome.verdict == .wrongCode && outcome.attemptsLeft == left)
        }
        let late = try simulation.run(
            ActivateFactor(facts: .test(), factorID: offer.id, code: simulation.code(offer.credential)))
        #expect(late.verdict == .expired && late.factor.totp == nil, "its secret is gone")
        offer = try simulation.enroll()
        simulation.advance(seconds: 599)
        var copy = simulation
        #expect(
            try copy.run(
                ActivateFactor(facts: .test(), factorID: offer.id, code: copy.code(offer.credential))
            ).verdict == .accepted)
        simulation.advance(seconds: 1)
        #expect(
            try simulation.run(
                ActivateFactor(facts: .test(), factorID: offer.id, code: simulation.code(offer.credential))
            ).verdict == .expired)
    }
}
