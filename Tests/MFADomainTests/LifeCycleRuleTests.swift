import MFADomain
import MFATesting
import Testing

@Suite("The life of a factor")
struct LifeCycleRuleTests {
    @Test("Another factor needs a proof: fresh, of a factor still active, or a caller that may bind without (row 73)")
    func proofBeforeBinding() throws {
        var simulation = Simulation()
        let (_, credential, activation) = try simulation.activate()
        #expect(throws: Refusal.proofRequired) { try simulation.enroll() }
        let invented = VerificationID(bytes: [UInt8](repeating: 1, count: 16))
        #expect(throws: Refusal.proofStale) { try simulation.enroll(proof: invented) }
        let proof = try simulation.verify(simulation.code(credential)).verificationID
        simulation.advance(seconds: 300)
        var copy = simulation
        _ = try copy.enroll(proof: proof)
        simulation.advance(seconds: 1)
        #expect(throws: Refusal.proofStale) { try simulation.enroll(proof: proof) }
        let byCode = try simulation.verify(activation.backupCodes[0], .kind(.backupCodes)).verificationID
        _ = try simulation.enroll(proof: byCode)
        _ = try simulation.enroll(facts: .test(mayBindWithoutProof: true))
    }

    @Test("A proof by a factor that was suspended since proves nothing")
    func proofDiesWithItsFactor() throws {
        var simulation = Simulation()
        let (id, credential, _) = try simulation.activate()
        let proof = try simulation.verify(simulation.code(credential)).verificationID
        _ = try simulation.run(SuspendFactor(facts: .test(), factorID: id))
        #expect(throws: Refusal.proofStale) { try simulation.enroll(proof: proof) }
    }

    @Test("A pending factor dies with the factor that was proven for it, suspended or revoked meanwhile")
    func pendingFactorDiesWithItsProof() throws {
        var simulation = Simulation()
        let (id, credential, _) = try simulation.activate()
        let proof = try simulation.verify(simulation.code(credential)).verificationID
        let thief = try simulation.enroll(proof: proof)
        let revoked = RevokeFactor(facts: .test(mayAdminister: true), factorID: id, proof: nil)
        for command in [0, 1] {
            var copy = simulation
            if command == 0 {
                _ = try copy.run(SuspendFactor(facts: .test(), factorID: id))
            } else {
                _ = try copy.run(revoked)
            }
            #expect(throws: Refusal.proofStale) {
                try copy.run(
                    ActivateFactor(facts: .test(), factorID: thief.id, code: copy.code(thief.credential)))
            }
        }
        _ = try simulation.run(
            ActivateFactor(facts: .test(), factorID: thief.id, code: simulation.code(thief.credential)))
    }

    @Test("A clock that was set back makes no proof live longer")
    func proofAfterClockBack() throws {
        var simulation = Simulation()
        let (_, credential, _) = try simulation.activate()
        let proof = try simulation.verify(simulation.code(credential)).verificationID
        simulation.advance(seconds: -3600)
        #expect(throws: Refusal.proofStale) { try simulation.enroll(proof: proof) }
    }

    @Test("Two enrollments begun before the first was active: the second needs the proof after all")
    func proofIsCheckedAgainAtActivation() throws {
        var simulation = Simulation()
        let (first, second) = (try simulation.enroll(), try simulation.enroll())
        #expect(
            try simulation.run(
                ActivateFactor(
                    facts: .test(), factorID: first.id, code: simulation.code(first.credential))
            ).verdict == .accepted)
        #expect(throws: Refusal.proofRequired) {
            try simulation.run(
                ActivateFactor(
                    facts: .test(), factorID: second.id, code: simulation.code(second.credential)))
        }
    }

    @Test("Suspending and revoking open no way around the proof")
    func noWayAround() throws {
        var simulation = Simulation()
        let (id, _, _) = try simulation.activate()
        #expect(throws: Refusal.proofRequired) {
            try simulation.run(RevokeFactor(facts: .test(), factorID: id, proof: nil))
        }
        _ = try simulation.run(SuspendFactor(facts: .test(), factorID: id))
        #expect(throws: Refusal.proofRequired) { try simulation.enroll() }
        #expect(throws: Refusal.proofRequired) {
            try simulation.run(ResumeFactor(facts: .test(), factorID: id, proof: nil))
        }
        _ = try simulation.run(ResumeFactor(facts: .test(mayAdminister: true), factorID: id, proof: nil))
    }

    @Test("A suspended factor proves nothing until resumed; a revoked one never again, and its secret is gone")
    func suspendResumeRevoke() throws {
        var simulation = Simulation()
        let (id, credential, _) = try simulation.activate()
        _ = try simulation.run(SuspendFactor(facts: .test(), factorID: id))
        #expect(throws: Refusal.factorNotActive(.suspended)) {
            try simulation.verify(simulation.code(credential), .factor(id))
        }
        #expect(throws: Refusal.noActiveFactor(.totp)) { try simulation.verify(simulation.code(credential)) }
        _ = try simulation.run(ResumeFactor(facts: .test(mayAdminister: true), factorID: id, proof: nil))
        let proof = try simulation.verify(simulation.code(credential)).verificationID
        let revoked = try simulation.run(
            RevokeFactor(facts: .test(mayAdminister: true), factorID: id, proof: proof))
        #expect(revoked.credential == nil && revoked.storedState == .revoked)
        #expect(throws: Refusal.factorNotActive(.revoked)) {
            try simulation.verify(simulation.code(credential), .factor(id))
        }
        #expect(throws: Refusal.factorEnded) { try simulation.run(SuspendFactor(facts: .test(), factorID: id)) }
        #expect(throws: Refusal.factorEnded) {
            try simulation.run(ResumeFactor(facts: .test(mayAdminister: true), factorID: id, proof: nil))
        }
    }

    @Test("Doing again what is done writes nothing")
    func repeatsWriteNothing() throws {
        var simulation = Simulation()
        let (id, _, _) = try simulation.activate()
        _ = try simulation.run(SuspendFactor(facts: .test(), factorID: id))
        let count = simulation.events.count
        _ = try simulation.run(SuspendFactor(facts: .test(), factorID: id))
        _ = try simulation.run(RenameFactor(facts: .test(), factorID: id, name: ""))
        _ = try simulation.run(UnlockFactor(facts: .test(), factorID: id))
        #expect(simulation.events.count == count)
    }

    @Test("Five pending and twenty factors at most; ended ones are forgotten beyond ten")
    func bounds() throws {
        var simulation = Simulation()
        for _ in 0..<5 { _ = try simulation.enroll() }
        #expect(throws: Refusal.tooManyPendingFactors) { try simulation.enroll() }
        simulation.advance(seconds: 601)
        for _ in 0..<19 { try simulation.activate(facts: .test(mayBindWithoutProof: true)) }
        // Nineteen and the backup codes.
        #expect(throws: Refusal.tooManyFactors) { try simulation.enroll(facts: .test(mayBindWithoutProof: true)) }
        for factor in try #require(simulation.state).factors where factor.kind == .totp {
            _ = try simulation.run(
                RevokeFactor(facts: .test(mayAdminister: true), factorID: factor.id, proof: nil))
        }
        #expect(simulation.state?.factors.count { $0.storedState == .revoked } == 10)
    }

    @Test("Every decision leaves exactly one event, and raises nothing when it left none (row 124)")
    func oneEventEach() throws {
        var simulation = Simulation()
        let (id, credential, _) = try simulation.activate()
        #expect(simulation.events.map(\.kind) == [.enrollmentStarted, .activation])
        _ = try simulation.verify(simulation.code(credential))
        _ = try simulation.verify("nonsense")
        _ = try simulation.run(RenameFactor(facts: .test(), factorID: id, name: "phone"))
        #expect(
            simulation.events.map(\.kind) == [
                .enrollmentStarted, .activation, .verification, .verification, .factorRenamed,
            ])
    }

    @Test("Erasing leaves nothing; the next subject of that id is another one in the audit")
    func erase() throws {
        var simulation = Simulation()
        try simulation.activate()
        let before = try #require(simulation.state?.pseudonym)
        try simulation.run(EraseSubject(facts: .test()))
        #expect(simulation.state == nil)
        try simulation.activate()
        #expect(simulation.state?.pseudonym != before)
    }
}
