import MFADomain
import MFATesting
import Testing

@Suite("HOTP (RFC 4226)")
struct HOTPRuleTests {
    /// RFC 4226, appendix D.
    static let secret = Array("12345678901234567890".utf8)
    static let vectors = [
        "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489",
    ]

    static func settings(lookAhead: Int = 10) -> DomainSettings {
        var settings = DomainSettings()
        settings.failureDelaysSeconds = []
        settings.maxConsecutiveFailures = 100
        settings.allowsExistingSecrets = true
        settings.hotpLookAhead = lookAhead
        return settings
    }

    /// A subject whose token stands at a counter.
    static func token(
        at counter: UInt64, lookAhead: Int = 10, secret: [UInt8] = secret
    ) throws -> (simulation: Simulation, id: FactorID) {
        var simulation = Simulation(settings: settings(lookAhead: lookAhead))
        let credential = try #require(HOTPCredential(secret: secret, counter: counter))
        let outcome = try simulation.run(
            StartEnrollment(
                facts: .test(mayBindWithoutProof: true),
                wanted: .existing(ExistingFactor(secret: .hotp(credential), isActive: true)), name: "", proof: nil))
        return (simulation, outcome.id)
    }

    static func code(_ counter: UInt64) -> String {
        TOTP.text(secret: secret, step: Int64(counter), parameters: .standard)
    }

    @Test("The codes of RFC 4226, appendix D, are accepted in order, each once")
    func appendixD() throws {
        var (simulation, _) = try Self.token(at: 0)
        for code in Self.vectors {
            #expect(try simulation.verify(code, .kind(.hotp)).verdict == .accepted)
            #expect(try simulation.verify(code, .kind(.hotp)).verdict == .replayed)
        }
    }

    @Test("A new token is activated with its first code, which is then spent")
    func activation() throws {
        var simulation = Simulation(settings: Self.settings())
        let offer = try simulation.run(
            StartEnrollment(
                facts: .test(), wanted: .hotp(HOTPParameters(algorithm: .sha256, digits: 8)), name: "", proof: nil))
        let credential = try #require(offer.factor?.hotp)
        #expect(credential.secret.count == 32 && credential.counter == 0)
        let parameters = try #require(TOTPParameters(algorithm: .sha256, digits: 8, periodSeconds: 30))
        let code = TOTP.text(secret: credential.secret, step: 0, parameters: parameters)
        let activation = try simulation.run(ActivateFactor(facts: .test(), factorID: offer.id, code: code))
        #expect(activation.verdict == .accepted && activation.factor.hotp?.counter == 1)
        #expect(try simulation.verify(code, .kind(.hotp)).verdict == .replayed)
    }

    @Test("The code of counter + s is accepted, that of counter + s + 1 is not (row 10)", arguments: [0, 1, 10, 20])
    func lookAhead(_ lookAhead: Int) throws {
        let (simulation, _) = try Self.token(at: 1_000, lookAhead: lookAhead)
        var last = simulation
        #expect(try last.verify(Self.code(1_000 + UInt64(lookAhead)), .kind(.hotp)).verdict == .accepted)
        var beyond = simulation
        #expect(try beyond.verify(Self.code(1_001 + UInt64(lookAhead)), .kind(.hotp)).verdict == .wrongCode)
    }

    @Test("A code kills every one before it: the counter only moves forward (row 11)")
    func forwardOnly() throws {
        var (simulation, id) = try Self.token(at: 100)
        #expect(try simulation.verify(Self.code(105), .factor(id)).verdict == .accepted)
        for counter: UInt64 in 100...105 {
            #expect(try simulation.verify(Self.code(counter), .factor(id)).verdict == .replayed)
        }
        #expect(simulation.state?.factor(id)?.hotp?.counter == 106, "a miss does not move it")
        #expect(try simulation.verify(Self.code(106), .factor(id)).verdict == .accepted)
    }

    @Test("A replay, a wrong code and a code far ahead are failures, and lock (rows 12, 59)")
    func failures() throws {
        var (simulation, id) = try Self.token(at: 100)
        simulation.settings.maxConsecutiveFailures = 3
        for code in [Self.code(99), "000000", Self.code(160)] { _ = try simulation.verify(code, .factor(id)) }
        #expect(simulation.state?.factor(id)?.budget.isLocked == true)
        #expect(try simulation.verify(Self.code(100), .factor(id)).verdict == .locked)
    }

    @Test("Far ahead, one code is refused and the next one after it accepted, once (row 12)")
    func resynchronization() throws {
        var (simulation, id) = try Self.token(at: 0)
        #expect(try simulation.verify(Self.code(60), .factor(id)).verdict == .wrongCode)
        #expect(try simulation.verify(Self.code(61), .factor(id)).verdict == .accepted)
        #expect(simulation.state?.factor(id)?.hotp?.counter == 62)
        #expect(try simulation.verify(Self.code(61), .factor(id)).verdict == .replayed)
    }

    @Test("Codes far ahead that do not follow each other at once bring nothing back (row 12)")
    func noSequence() throws {
        for between in [[Self.code(60)], [Self.code(62)], [Self.code(59)], ["000001", Self.code(61)], ["12345"]] {
            var (simulation, id) = try Self.token(at: 0)
            #expect(try simulation.verify(Self.code(60), .factor(id)).verdict == .wrongCode)
            for code in between { #expect(try simulation.verify(code, .factor(id)).verdict == .wrongCode) }
            if between.last == "12345" {
                #expect(try simulation.verify(Self.code(61), .factor(id)).verdict == .wrongCode)
            }
            #expect(simulation.state?.factor(id)?.hotp?.counter == 0)
        }
    }

    @Test("Resynchronization reaches a hundred codes beyond the look-ahead, the second of two one more")
    func resynchronizationWindow() throws {
        var (simulation, id) = try Self.token(at: 0)
        #expect(try simulation.verify(Self.code(110), .factor(id)).verdict == .wrongCode)
        #expect(try simulation.verify(Self.code(111), .factor(id)).verdict == .accepted)
        (simulation, id) = try Self.token(at: 0)
        #expect(try simulation.verify(Self.code(111), .factor(id)).verdict == .wrongCode)
        #expect(try simulation.verify(Self.code(112), .factor(id)).verdict == .wrongCode)
    }

    @Test("A success in the window forgets the first half of a sequence")
    func successEndsSequence() throws {
        var (simulation, id) = try Self.token(at: 0)
        _ = try simulation.verify(Self.code(60), .factor(id))
        #expect(try simulation.verify(Self.code(0), .factor(id)).verdict == .accepted)
        #expect(try simulation.verify(Self.code(61), .factor(id)).verdict == .wrongCode)
    }

    @Test("A counter at its end accepts nothing, not even its last code again and again (row 11)")
    func counterEnds() throws {
        let last = HOTPCredential.maxCounter - 1
        var (simulation, id) = try Self.token(at: last)
        #expect(try simulation.verify(Self.code(last), .factor(id)).verdict == .accepted)
        for counter in [last, last + 1, last + 2] {
            #expect(try simulation.verify(Self.code(counter), .factor(id)).verdict != .accepted)
        }
        #expect(HOTPCredential(secret: Self.secret, counter: HOTPCredential.maxCounter + 1) == nil)
        #expect(HOTPCredential(secret: Self.secret, counter: .max) == nil)
        #expect(HOTPCredential(secret: Self.secret, digits: 7) == nil)
    }

    @Test("Only as many ASCII digits as the token has are a code (row 8)")
    func form() throws {
        for code in ["75522", "0755224", "７５５２２４", " 755224", "755224\u{0}", "+55224", ""] {
            var (simulation, id) = try Self.token(at: 0)
            let verdict = try? simulation.verify(code, .factor(id)).verdict
            #expect(verdict == (code.isEmpty ? nil : .wrongCode))
        }
    }
}
