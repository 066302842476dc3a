import MFADomain
import MFATesting
import Testing

@Suite("Factors brought over from another system")
struct ExistingFactorTests {
    private static var settings: DomainSettings {
        var settings = DomainSettings()
        settings.allowsExistingSecrets = true
        settings.failureDelaysSeconds = []
        return settings
    }

    private let trusted = CallFacts.test(mayBindWithoutProof: true)
    private let secret = Array("12345678901234567890".utf8)

    private func bring(
        _ secret: ExistingFactor.Secret, active: Bool = true, into simulation: inout Simulation,
        facts: CallFacts? = nil, proof: VerificationID? = nil
    ) throws -> StartEnrollment.Outcome {
        try simulation.run(
            StartEnrollment(
                facts: facts ?? trusted, wanted: .existing(ExistingFactor(secret: secret, isActive: active)), name: "",
                proof: proof))
    }

    @Test("Nothing is brought over unless the configuration allows it")
    func policy() throws {
        var simulation = Simulation()
        let credential = TOTPCredential(secret: secret, parameters: .standard)
        for active in [true, false] {
            #expect(throws: Refusal.existingSecretsNotAllowed) {
                try bring(.totp(credential), active: active, into: &simulation)
            }
        }
    }

    @Test("An active factor comes over only through a caller that may bind without a proof (row 73)")
    func scope() throws {
        var simulation = Simulation(settings: Self.settings)
        let credential = TOTPCredential(secret: secret, parameters: .standard)
        #expect(throws: Refusal.activeImportNotAllowed) {
            try bring(.totp(credential), into: &simulation, facts: .test())
        }
        for active in [true, false] {
            #expect(throws: Refusal.activeImportNotAllowed) {
                try bring(
                    .backupCodes(.sha256, hashes: [Array(repeating: 1, count: 32)]), active: active, into: &simulation,
                    facts: .test())
            }
        }
        let outcome = try bring(.totp(credential), into: &simulation)
        #expect(outcome.factor?.storedState == .active && simulation.events.last?.kind == .factorImported)
        #expect(throws: Refusal.proofRequired) {
            try bring(.totp(credential), active: false, into: &simulation, facts: .test())
        }
    }

    @Test("A factor that is not known to be proven waits for its first code")
    func pending() throws {
        var simulation = Simulation(settings: Self.settings)
        let credential = TOTPCredential(secret: secret, parameters: .standard)
        let offer = try bring(.totp(credential), active: false, into: &simulation, facts: .test())
        #expect(offer.factor?.storedState == .pendingActivation)
        #expect(throws: Refusal.noActiveFactor(.totp)) { try simulation.verify(simulation.code(credential)) }
        let activation = try simulation.run(
            ActivateFactor(facts: .test(), factorID: offer.id, code: simulation.code(credential)))
        #expect(activation.verdict == .accepted && activation.backupCodes.count == 10)
    }

    @Test("Steps and counters that were used elsewhere are used here too (rows 1, 11)")
    func usedElsewhere() throws {
        var simulation = Simulation(settings: Self.settings)
        var credential = TOTPCredential(secret: secret, parameters: .standard)
        credential.lastStep = credential.parameters.step(at: simulation.now)
        _ = try bring(.totp(credential), into: &simulation)
        #expect(try simulation.verify(simulation.code(credential)).verdict == .replayed)
        #expect(try simulation.verify(simulation.code(credential, stepsAhead: 1)).verdict == .accepted)
        let token = try #require(HOTPCredential(secret: secret, counter: 5))
        _ = try bring(.hotp(token), into: &simulation)
        #expect(try simulation.verify(HOTPRuleTests.code(4), .kind(.hotp)).verdict == .replayed)
        #expect(try simulation.verify(HOTPRuleTests.code(5), .kind(.hotp)).verdict == .accepted)
    }

    @Test("A step that was used up to the end of time accepts nothing and traps on nothing")
    func extremeStep() throws {
        var simulation = Simulation(settings: Self.settings)
        let credential = TOTPCredential(secret: secret, parameters: .standard, lastStep: .max - 1)
        _ = try bring(.totp(credential), into: &simulation)
        #expect(try simulation.verify(simulation.code(credential)).verdict == .replayed)
    }

    /// SHA-1, SHA-256 and SHA-512 of "abc" (FIPS 180-4, examples).
    private static let hashes: [(HashAlgorithm, String)] = [
        (.sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
        (.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            .sha512,
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
        ),
    ]

    private static func bytes(_ hexadecimal: String) -> [UInt8] {
        var digits = hexadecimal[...]
        var bytes: [UInt8] = []
        while let byte = UInt8(digits.prefix(2), radix: 16) {
            bytes.append(byte)
            digits = digits.dropFirst(2)
        }
        return bytes
    }

    @Test("Backup codes come over as their hashes, and each is spent once, as it was shown", arguments: 0..<3)
    func backupCodes(_ index: Int) throws {
        let (algorithm, hexadecimal) = Self.hashes[index]
        var simulation = Simulation(settings: Self.settings)
        _ = try simulation.activate()
        let hash = Self.bytes(hexadecimal)
        let other = Array(repeating: UInt8(7), count: hash.count)
        let outcome = try bring(.backupCodes(algorithm, hashes: [other, hash]), into: &simulation)
        #expect(outcome.factor?.backupCodes?.left == 2 && simulation.state?.backupCodesLeft == 2)
        #expect(outcome.factor?.backupCodes?.digests.count == 32, "kept under the key ring, 16 bytes each")
        for typed in ["ABC", "a-bc", " abc", "abc ", "xyz"] {
            #expect(try simulation.verify(typed, .kind(.backupCodes)).verdict == .wrongCode)
        }
        let accepted = try simulation.verify("abc", .kind(.backupCodes))
        #expect(accepted.verdict == .accepted && accepted.backupCodesLeft == 1)
        simulation.advance(seconds: 301)
        #expect(try simulation.verify("abc", .kind(.backupCodes)).verdict == .wrongCode)
    }

    @Test("A set that comes over ends the one before; there is never more than one, nor one that waits")
    func oneSet() throws {
        var simulation = Simulation(settings: Self.settings)
        let (_, _, activation) = try simulation.activate()
        for active in [true, false] {
            let outcome = try bring(
                .backupCodes(.sha256, hashes: [Self.bytes(Self.hashes[1].1)]), active: active, into: &simulation)
            #expect(outcome.factor?.storedState == .active)
            #expect(simulation.state?.factors.count { $0.backupCodes != nil } == 1)
        }
        #expect(try simulation.verify(activation.backupCodes[0], .kind(.backupCodes)).verdict == .wrongCode)
        #expect(try simulation.verify("abc", .kind(.backupCodes)).verdict == .accepted)
    }

    @Test("Bringing over is bounded like enrolling")
    func bounded() throws {
        var simulation = Simulation(settings: Self.settings)
        for number in UInt8(0)..<20 {
            let secret = Array(repeating: number, count: 20)
            _ = try bring(.totp(TOTPCredential(secret: secret, parameters: .standard)), into: &simulation)
        }
        #expect(throws: Refusal.tooManyFactors) {
            try bring(.totp(TOTPCredential(secret: secret, parameters: .standard)), into: &simulation)
        }
    }
}
