import MFADomain
import MFATesting
import Testing

@Suite("Temporary access codes, lost devices and strong proofs")
struct AccessCodeRuleTests {
    private static let administrator = CallFacts.test(mayAdminister: true)

    private static func issue(
        _ simulation: inout Simulation, uses: Int = 1, seconds: Int64 = 3_600,
        _ delivery: AccessCodeDelivery = .returnCode
    ) throws -> IssueTemporaryAccessCode.Outcome {
        try simulation.run(
            IssueTemporaryAccessCode(
                facts: administrator, by: Operator("olga"), reason: "phone at home", lifetimeSeconds: seconds,
                uses: uses, delivery: delivery))
    }

    @Test("Good for its uses and its time, then for nothing", arguments: [1, 3, 100])
    func uses(_ uses: Int) throws {
        var simulation = Simulation()
        let code = try Self.issue(&simulation, uses: uses).code
        for _ in 0..<uses {
            let outcome = try simulation.verify(code.lowercased(), .kind(.temporaryAccessCode))
            #expect(outcome.verdict == .accepted && outcome.assurance?.amr == ["otp"])
        }
        #expect(try simulation.verify(code, .kind(.temporaryAccessCode)).verdict == .replayed)
    }

    @Test("It ends to the second, and setting the clock back does not prolong it (F7)")
    func ends() throws {
        var simulation = Simulation()
        let code = try Self.issue(&simulation, uses: 100, seconds: 60).code
        simulation.advance(seconds: 59)
        #expect(try simulation.verify(code, .kind(.temporaryAccessCode)).verdict == .accepted)
        var back = simulation
        back.advance(seconds: -60)
        #expect(try back.verify(code, .kind(.temporaryAccessCode)).verdict == .wrongCode)
        simulation.advance(seconds: 1)
        #expect(throws: Refusal.noActiveFactor(.temporaryAccessCode)) {
            try simulation.verify(code, .kind(.temporaryAccessCode))
        }
        _ = try simulation.run(PutSubject(facts: .test(), profile: Profile()))
        #expect(simulation.state?.factors.first?.storedState == .expired)
        #expect(simulation.state?.factors.first?.credential == nil)
    }

    @Test("Wrong ones lock it as they lock any factor, and a new one takes its place")
    func guesses() throws {
        var simulation = Simulation(settings: .sendingSMS)
        let first = try Self.issue(&simulation, uses: 5).code
        for _ in 0..<10 { _ = try simulation.verify("0000-0000-0000-0000", .kind(.temporaryAccessCode)) }
        #expect(try simulation.verify(first, .kind(.temporaryAccessCode)).verdict == .locked)
        let second = try Self.issue(&simulation).code
        #expect(try simulation.verify(first, .kind(.temporaryAccessCode)).verdict == .wrongCode)
        #expect(try simulation.verify(second, .kind(.temporaryAccessCode)).verdict == .accepted)
    }

    @Test("A new colleague signs in with it and binds a first factor, which brings backup codes")
    func newcomer() throws {
        var simulation = Simulation()
        let code = try Self.issue(&simulation).code
        #expect(throws: Refusal.proofRequired) { try simulation.enroll() }
        let proof = try simulation.verify(code, .kind(.temporaryAccessCode)).verificationID
        #expect(try simulation.activate(proof: proof).activation.backupCodes.count == 10)
    }

    @Test("Where there is a factor it signs in, and binds, resumes and revokes nothing (row 73)")
    func weak() throws {
        var simulation = Simulation()
        let (id, _, _) = try simulation.activate()
        let code = try Self.issue(&simulation).code
        let proof = try simulation.verify(code, .kind(.temporaryAccessCode)).verificationID
        #expect(throws: Refusal.proofTooWeak) { try simulation.enroll(proof: proof) }
        #expect(throws: Refusal.proofTooWeak) {
            try simulation.run(GenerateBackupCodes(facts: .test(), proof: proof))
        }
        #expect(throws: Refusal.proofTooWeak) {
            try simulation.run(RevokeFactor(facts: .test(), factorID: id, proof: proof))
        }
        _ = try simulation.run(SuspendFactor(facts: .test(), factorID: id))
        #expect(throws: Refusal.proofTooWeak) {
            try simulation.run(ResumeFactor(facts: .test(), factorID: id, proof: proof))
        }
    }

    @Test("Nor beside a mailbox; it stops no recovery, lifts no pause and makes no device known (row 73)")
    func operatorsWord() throws {
        var simulation = Simulation(settings: .sendingWithoutRations)
        try simulation.activate(.email())
        let code = try Self.issue(&simulation, uses: 2).code
        var signals = Signals()
        signals.fingerprint = "desk"
        let proof = try simulation.run(
            Verify(facts: .test(), target: .kind(.temporaryAccessCode), code: code, signals: signals)
        ).verificationID
        #expect(throws: Refusal.proofTooWeak) { try simulation.enroll(proof: proof) }
        #expect(simulation.state?.seenSignals.isEmpty == true)
        _ = try simulation.run(StartRecovery(facts: .test(), by: Operator("olga"), reason: "x", evidence: "y"))
        #expect(throws: Refusal.proofTooWeak) {
            try simulation.run(
                CancelRecovery(facts: .test(), recoveryID: nil, authority: .proof(try #require(proof))))
        }
    }

    @Test("A mailbox binds nothing beside a factor that counts, and is enough where there is none (row 73)")
    func mailbox() throws {
        var simulation = Simulation(settings: .sendingWithoutRations)
        try simulation.activate(.email())
        func proof() throws -> VerificationID? {
            _ = try simulation.start(.kind(.email))
            return try simulation.verify(simulation.outbox.lastCode ?? "", .kind(.email)).verificationID
        }
        try simulation.activate(proof: try proof())
        #expect(throws: Refusal.proofTooWeak) { try simulation.enroll(proof: try proof()) }
    }

    @Test("Where the policy asks for level 2 a code alone binds nothing, a code after a password does (rows 70, 73)")
    func level() throws {
        var rules = PolicyRules()
        rules.level = .aal2
        var settings = DomainSettings()
        settings.policy = Policy(version: "2", rules: rules)
        var simulation = Simulation(settings: settings)
        let codes = try simulation.activate().activation.backupCodes
        let alone = try simulation.verify(codes[0], .kind(.backupCodes)).verificationID
        #expect(throws: Refusal.proofTooWeak) { try simulation.enroll(proof: alone) }
        simulation.advance(seconds: 301)
        let both = try simulation.run(
            Verify(
                facts: .test(), target: .kind(.backupCodes), code: codes[1],
                primary: PrimaryAuthentication(amr: ["pwd"]))
        ).verificationID
        _ = try simulation.enroll(proof: both)
    }

    @Test("It is announced, audited with who and why, and sent to the person where the caller does not hand it over")
    func announced() throws {
        var simulation = Simulation(settings: .sendingSMS)
        #expect(throws: Refusal.operatorIsSubject) {
            try simulation.run(
                IssueTemporaryAccessCode(
                    facts: Self.administrator, by: Operator("S"), reason: "x", lifetimeSeconds: 60, uses: 1,
                    delivery: .returnCode))
        }
        #expect(throws: Refusal.noAddress) { try Self.issue(&simulation, .send(nil)) }
        _ = try simulation.run(PutSubject(facts: .test(), profile: Profile(addresses: [.email()])))
        let outcome = try Self.issue(&simulation, .send(nil))
        #expect(outcome.code.isEmpty && outcome.sentTo == "a***@e***.org")
        #expect(simulation.outbox.lastNotice(.temporaryAccessCodeIssued) != nil)
        let act = try #require(simulation.events.last?.recovery)
        #expect(act.operatorName == "olga" && act.reason == "phone at home")
        let code = try #require(simulation.outbox.lastAccessCode)
        #expect(try simulation.verify(code, .kind(.temporaryAccessCode)).verdict == .accepted)
    }

    @Test("A loss is reported with any one proof, also while the lost factor is locked (row 79)")
    func lost() throws {
        for way in 0..<3 {
            var simulation = Simulation(settings: .sendingSMS)
            let (id, credential, activation) = try simulation.activate()
            let waived = CallFacts.test(mayBindWithoutProof: true)
            try simulation.activate(.email(), facts: waived)
            let device = try simulation.pairDevice(facts: waived)
            let proof = try simulation.verify(simulation.code(credential)).verificationID
            _ = try simulation.run(TrustDevice(facts: .test(), proof: proof, name: "", signals: Signals()))
            for _ in 0..<10 { _ = try simulation.verify(simulation.wrongCode(credential)) }
            #expect(simulation.state?.factor(id)?.budget.isLocked == true)
            func report(_ proof: ReportLost.Proof, _ facts: CallFacts = .test()) throws -> ReportLost.Outcome {
                try simulation.run(ReportLost(facts: facts, factorIDs: [], proof: proof))
            }
            #expect(throws: Refusal.proofRequired) { try report(.none) }
            #expect(throws: Refusal.proofRequired) { try report(.primary(PrimaryAuthentication(amr: ["mfa"]))) }
            let outcome: ReportLost.Outcome
            switch way {
            case 0: outcome = try report(.primary(PrimaryAuthentication(amr: ["pwd"])))
            case 1:
                let proof = try simulation.verify(activation.backupCodes[0], .kind(.backupCodes)).verificationID
                outcome = try report(.verification(try #require(proof)))
            default: outcome = try report(.none, Self.administrator)
            }
            #expect(outcome.factors.map(\.id) == [id, device.factorID] && outcome.forgottenDevices == 1)
            #expect(throws: Refusal.noActiveFactor(.totp)) { try simulation.verify(simulation.code(credential)) }
            #expect(simulation.state?.backupCodeFactor?.storedState == .active)
            #expect(simulation.outbox.lastNotice(.lossReported) != nil)
            let versions = simulation.events.count
            #expect(try report(.none, Self.administrator).factors.count == 2)
            #expect(simulation.events.count == versions, "told twice, it changes nothing")
        }
    }

    @Test("Changed addresses are told to the old ones and the new (row 72)")
    func addresses() throws {
        var simulation = Simulation(settings: .sendingSMS)
        func put(_ addresses: [AddressCredential]) throws -> [String] {
            let before = simulation.outbox.messages.count
            _ = try simulation.run(PutSubject(facts: .test(), profile: Profile(addresses: addresses)))
            return simulation.outbox.messages.dropFirst(before).map(\.recipient)
        }
        #expect(try put([.email()]).isEmpty)
        #expect(try put([.email()]).isEmpty)
        #expect(try put([.email("mallory@example.org")]) == ["alice@example.org", "mallory@example.org"])
        #expect(try put([]) == ["mallory@example.org"])
    }
}
