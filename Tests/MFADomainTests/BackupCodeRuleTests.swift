import MFADomain
import MFATesting
import Testing

@Suite("Backup codes")
struct BackupCodeRuleTests {
    @Test("The first activation returns ten, later ones none")
    func firstActivationOnly() throws {
        var simulation = Simulation()
        #expect(try simulation.activate().activation.backupCodes.count == 10)
        #expect(try simulation.activate(facts: .test(mayBindWithoutProof: true)).activation.backupCodes.isEmpty)
    }

    @Test("Eighty random bits each: length, alphabet, no repeats in 10⁵ (row 35)")
    func strength() throws {
        var codes: Set<String> = []
        var counts: [Character: Int] = [:]
        for seed in 0..<10_000 {
            var simulation = Simulation(seed: UInt64(seed))
            for code in try simulation.activate().activation.backupCodes {
                codes.insert(code)
                let groups = code.split(separator: "-")
                #expect(groups.count == 4 && groups.allSatisfy { $0.count == 4 })
                for character in groups.joined() { counts[character, default: 0] += 1 }
            }
        }
        #expect(codes.count == 100_000)
        #expect(counts.count == 32)
        let expected = 100_000.0 * 16 / 32
        for (character, count) in counts {
            #expect(abs(Double(count) - expected) < expected * 0.05, "\(character)")
        }
    }

    @Test("Each works once, in any case, with or without spaces and hyphens (row 37)")
    func singleUse() throws {
        var simulation = Simulation()
        let codes = try simulation.activate().activation.backupCodes
        let forms: [(String) -> String] = [
            { $0 }, { $0.lowercased() }, { $0.filter { $0 != "-" } }, { $0.replacing("-", with: " ") },
            { " " + $0 + "  " },
        ]
        for (code, form) in zip(codes, forms) {
            let outcome = try simulation.verify(form(code), .kind(.backupCodes))
            #expect(outcome.verdict == .accepted)
            simulation.advance(seconds: 301)
            for form in forms {
                #expect(try simulation.verify(form(code), .kind(.backupCodes)).verdict == .wrongCode)
                _ = try simulation.run(UnlockFactor(facts: .test(mayAdminister: true), factorID: outcome.factorID))
            }
        }
        #expect(simulation.state?.backupCodesLeft == 5)
    }

    @Test("One sign-in spends at most one: while one proves something, no other is looked at (row 42)")
    func onePerSignIn() throws {
        var simulation = Simulation()
        let codes = try simulation.activate().activation.backupCodes
        #expect(try simulation.verify(codes[0], .kind(.backupCodes)).verdict == .accepted)
        for seconds: Int64 in [0, 299] {
            simulation.advance(seconds: seconds)
            let second = try simulation.verify(codes[1], .kind(.backupCodes))
            #expect(second.verdict == .rateLimited && second.backupCodesLeft == 9)
            #expect(second.retryAfterMilliseconds == (seconds == 0 ? 300_000 : 1_000))
        }
        #expect(simulation.state?.backupCodeFactor?.budget.consecutive == 0, "what was not looked at is no failure")
        simulation.advance(seconds: 2)
        #expect(try simulation.verify(codes[1], .kind(.backupCodes)).verdict == .accepted)
    }

    @Test("A new set does not begin the wait anew (row 42)")
    func onePerSignInOverSets() throws {
        var simulation = Simulation()
        let codes = try simulation.activate().activation.backupCodes
        let proof = try simulation.verify(codes[0], .kind(.backupCodes)).verificationID
        let fresh = try simulation.run(GenerateBackupCodes(facts: .test(), proof: proof)).codes
        #expect(try simulation.verify(fresh[0], .kind(.backupCodes)).verdict == .rateLimited)
    }

    @Test("Each use is announced with the number that is left, and a new set too (rows 39 and 41)")
    func announced() throws {
        var simulation = Simulation(settings: .sendingSMS)
        let codes = try simulation.activate().activation.backupCodes
        try simulation.activate(.email(), facts: .test(mayBindWithoutProof: true))
        for (index, code) in codes.enumerated() {
            simulation.advance(seconds: 301)
            #expect(try simulation.verify(code, .kind(.backupCodes)).verdict == .accepted)
            let notice = OutboxMessage.Notice(.backupCodeUsed, backupCodesLeft: 9 - index)
            #expect(simulation.outbox.messages.last?.content == .notice(notice))
        }
        _ = try simulation.run(GenerateBackupCodes(facts: .test(mayBindWithoutProof: true), proof: nil))
        #expect(simulation.outbox.messages.last?.content == .notice(.init(.backupCodesReplaced)))
    }

    @Test("Each answer tells how many are left")
    func countLeft() throws {
        var simulation = Simulation()
        let (_, credential, activation) = try simulation.activate()
        #expect(activation.backupCodesLeft == 10)
        #expect(try simulation.verify(activation.backupCodes[3], .kind(.backupCodes)).backupCodesLeft == 9)
        #expect(try simulation.verify(simulation.code(credential)).backupCodesLeft == 9)
    }

    @Test("Regenerating ends the old set at once, and needs a proof (rows 39, 73)")
    func regenerate() throws {
        var simulation = Simulation()
        let (_, credential, activation) = try simulation.activate()
        #expect(throws: Refusal.proofRequired) {
            try simulation.run(GenerateBackupCodes(facts: .test(), proof: nil))
        }
        let proof = try simulation.verify(simulation.code(credential)).verificationID
        let fresh = try simulation.run(GenerateBackupCodes(facts: .test(), proof: proof))
        #expect(fresh.codes.count == 10 && Set(fresh.codes).isDisjoint(with: activation.backupCodes))
        for code in activation.backupCodes.prefix(3) {
            #expect(try simulation.verify(code, .kind(.backupCodes)).verdict == .wrongCode)
        }
        #expect(try simulation.verify(fresh.codes[0], .kind(.backupCodes)).verdict == .accepted)
    }

    @Test("The state holds no code, and no hash that could be computed without the ring's key (row 36)")
    func storedAsKeyedHashes() throws {
        var simulation = Simulation()
        let activation = try simulation.activate().activation
        let set = try #require(simulation.state?.backupCodeFactor?.backupCodes)
        #expect(set.left == 10 && set.digests.count == 160)
        let text = "\(String(describing: simulation.state))"
        for code in activation.backupCodes { #expect(!text.contains(code)) }
    }

    @Test("`groups: 3` gives the seed's shape")
    func threeGroups() throws {
        var settings = DomainSettings()
        settings.backupCodeGroups = 3
        var simulation = Simulation(settings: settings)
        let code = try simulation.activate().activation.backupCodes[0]
        #expect(code.count == 14)
        #expect(try simulation.verify(code, .kind(.backupCodes)).verdict == .accepted)
    }
}
