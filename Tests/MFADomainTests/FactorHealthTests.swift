import MFADomain
import MFATesting
import Testing

@Suite("Factor health")
struct FactorHealthTests {
    static let day: Int64 = 86_400

    static func health(
        _ simulation: Simulation, unusedDays: Int64 = 90, expectsBackupCodes: Bool = true
    ) throws -> FactorHealth {
        FactorHealth(
            of: try #require(simulation.state), at: simulation.now, unusedSeconds: unusedDays * day,
            expectsBackupCodes: expectsBackupCodes)
    }

    @Test("Nobody has a factor to begin with; backup codes are then not asked for")
    func nothing() throws {
        var simulation = Simulation()
        _ = try simulation.run(PutSubject(facts: .test(), profile: Profile()))
        #expect(try Self.health(simulation).findings == [.noFactor])
        _ = try simulation.enroll()
        #expect(try Self.health(simulation).findings == [.noFactor], "a pending one is none")
    }

    @Test("One factor is a finding, two are none; a suspended one does not count, and e-mail never does")
    func count() throws {
        var settings = DomainSettings.sendingWithoutRations
        settings.channels = [.email, .sms]
        var simulation = Simulation(settings: settings)
        let (id, credential, activation) = try simulation.activate()
        let health = try Self.health(simulation)
        #expect(health.findings == [.singleFactor] && health.factorCount == 1 && health.backupCodesLeft == 10)
        _ = try simulation.activate(.email(), proof: activation.verificationID)
        #expect(try Self.health(simulation).findings == [.singleFactor])
        simulation.advance(seconds: 30)
        let proof = try simulation.verify(simulation.code(credential), .factor(id)).verificationID
        _ = try simulation.activate(proof: proof)
        #expect(try Self.health(simulation).findings.isEmpty)
        _ = try simulation.run(SuspendFactor(facts: .test(), factorID: id))
        #expect(try Self.health(simulation).findings == [.singleFactor])
    }

    @Test("Three codes are few, none is a finding of its own, and neither where the policy makes none")
    func backupCodes() throws {
        var recovery = RecoveryRules()
        recovery.backupCodeIntervalSeconds = 0
        var settings = DomainSettings()
        settings.policy = Policy(version: "test", recovery: recovery)
        var simulation = Simulation(settings: settings)
        let (_, _, activation) = try simulation.activate()
        for code in activation.backupCodes.prefix(6) { _ = try simulation.verify(code, .kind(.backupCodes)) }
        #expect(try Self.health(simulation).findings == [.singleFactor])
        for left in [3, 2, 1] {
            _ = try simulation.verify(activation.backupCodes[9 - left], .kind(.backupCodes))
            let health = try Self.health(simulation)
            #expect(health.findings == [.singleFactor, .fewBackupCodes] && health.backupCodesLeft == left)
        }
        _ = try simulation.verify(activation.backupCodes[9], .kind(.backupCodes))
        #expect(try Self.health(simulation).findings == [.singleFactor, .noBackupCodes])
        #expect(try Self.health(simulation, expectsBackupCodes: false).findings == [.singleFactor])
    }

    @Test("A factor is unused once it lay idle for so long, from its activation on; a clock set back makes none unused")
    func unused() throws {
        var simulation = Simulation()
        let (id, credential, _) = try simulation.activate()
        simulation.advance(seconds: 90 * Self.day - 1)
        #expect(try Self.health(simulation).ailing.isEmpty)
        simulation.advance(seconds: 1)
        let health = try Self.health(simulation)
        #expect(health.findings == [.singleFactor, .unusedFactor], "backup codes are there to lie idle")
        #expect(health.ailing.map(\.factor.id) == [id] && health.ailing[0].factor.isNeverUsed)
        #expect(try Self.health(simulation, unusedDays: 91).ailing.isEmpty)
        _ = try simulation.verify(simulation.code(credential))
        #expect(try Self.health(simulation).ailing.isEmpty)
        simulation.advance(seconds: 90 * Self.day)
        #expect(try Self.health(simulation).ailing.first?.factor.isNeverUsed == false)
        simulation.advance(seconds: -180 * Self.day)
        #expect(try Self.health(simulation).ailing.isEmpty)
    }

    @Test("A locked factor is one that a person has, and cannot use")
    func locked() throws {
        var simulation = Simulation(settings: BudgetRuleTests.withoutDelays)
        let (id, credential, _) = try simulation.activate()
        for _ in 0..<10 { _ = try simulation.verify(simulation.wrongCode(credential)) }
        let health = try Self.health(simulation)
        #expect(health.findings == [.singleFactor, .lockedFactor] && health.ailing.map(\.factor.id) == [id])
        #expect(health.ailing.first?.isUnused == false)
    }
}
