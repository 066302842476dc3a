import MFADomain
import MFATesting
import Testing

@Suite("Codes by SMS and e-mail")
struct OutOfBandRuleTests {
    /// A subject with an active number.
    static func subject(
        _ settings: DomainSettings = .sendingSMS, address: AddressCredential = .phone()
    ) throws -> (simulation: Simulation, id: FactorID) {
        var simulation = Simulation(settings: settings)
        let id = try simulation.activate(address).factor.id
        return (simulation, id)
    }

    @Test("Every digit is as likely as any other at every place, leading zeros included (row 18)")
    func entropy() {
        var entropy = SeededEntropy(seed: 18)
        var counts = Array(repeating: Array(repeating: 0, count: 10), count: 6)
        let codes = 100_000
        for _ in 0..<codes {
            let code = OutOfBandCode.make(digits: 6, entropy: &entropy)
            #expect(code.utf8.count == 6)
            for (place, digit) in code.utf8.enumerated() { counts[place][Int(digit) - 48] += 1 }
        }
        for place in counts {
            let expected = Double(codes) / 10
            let chiSquare = place.reduce(0.0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
            #expect(chiSquare < 33.7, "beyond that lies one in 10^4, with 9 degrees of freedom")
        }
    }

    @Test("A code counts until its time is over, and not from then on (row 19)")
    func lifetime() throws {
        var (simulation, id) = try Self.subject()
        let challenge = try #require(try simulation.start(.factor(id)).challenge)
        let code = try #require(simulation.outbox.lastCode)
        #expect(challenge.expiresAt == simulation.now.adding(seconds: 300))
        simulation.advance(seconds: 299)
        var inTime = simulation
        #expect(try inTime.verify(code, .challenge(challenge.id)).verdict == .accepted)
        simulation.advance(seconds: 1)
        for target in [Verify.Target.challenge(challenge.id), .factor(id), .kind(.sms)] {
            #expect(try simulation.verify(code, target).verdict == .expired)
        }
    }

    @Test("A clock that is set back before the challenge began, or after its end was seen, revives nothing (row 19)")
    func clockSetBack() throws {
        var (simulation, id) = try Self.subject()
        let challenge = try #require(try simulation.start(.factor(id)).challenge)
        let code = try #require(simulation.outbox.lastCode)
        var before = simulation
        before.advance(seconds: -1)
        #expect(try before.verify(code, .challenge(challenge.id)).verdict == .expired)
        before.advance(seconds: 1)
        #expect(try before.verify(code, .challenge(challenge.id)).verdict == .expired, "for good")
        simulation.advance(seconds: 300)
        #expect(try simulation.verify(code, .challenge(challenge.id)).verdict == .expired)
        simulation.advance(seconds: -100)
        #expect(try simulation.verify(code, .challenge(challenge.id)).verdict == .expired)
    }

    @Test("A code is used once, by whatever target (rows 5, 20)")
    func singleUse() throws {
        var (simulation, id) = try Self.subject()
        let challenge = try #require(try simulation.start(.factor(id)).challenge)
        let code = try #require(simulation.outbox.lastCode)
        #expect(try simulation.verify(code, .kind(.sms)).verdict == .accepted)
        for target in [Verify.Target.challenge(challenge.id), .factor(id), .kind(.sms)] {
            #expect(try simulation.verify(code, target).verdict == .replayed)
        }
        #expect(simulation.state?.factor(id)?.budget.consecutive == 3, "a replay is a failure")
        #expect(try #require(simulation.state?.challenge(challenge.id)).attemptsLeft == 0)
    }

    @Test("The code that activated a number proves nothing more")
    func activationCodeIsSpent() throws {
        var simulation = Simulation(settings: .sendingSMS)
        let offer = try simulation.enroll(.phone())
        let code = try #require(simulation.outbox.lastCode)
        #expect(offer.code.isEmpty && offer.challenge?.code == code)
        let activation = try simulation.run(ActivateFactor(facts: .test(), factorID: offer.id, code: code))
        #expect(activation.verdict == .accepted && activation.factor.storedState == .active)
        #expect(try simulation.verify(code, .kind(.sms)).verdict == .replayed)
        let challenge = try #require(offer.challenge)
        #expect(try simulation.verify(code, .challenge(challenge.id)).verdict == .replayed)
    }

    @Test("Five wrong codes end a challenge; the sixth try is refused though right (row 22)")
    func triesPerChallenge() throws {
        var (simulation, id) = try Self.subject()
        let challenge = try #require(try simulation.start(.factor(id)).challenge)
        let code = try #require(simulation.outbox.lastCode)
        for left in [4, 3, 2, 1, 0] {
            let outcome = try simulation.verify(otherCode(than: code), .challenge(challenge.id))
            #expect(outcome.verdict == .wrongCode && outcome.attemptsLeft == left)
        }
        let sixth = try simulation.verify(code, .challenge(challenge.id))
        #expect(sixth.verdict == .denied && sixth.attemptsLeft == 0)
        #expect(simulation.state?.challenge(challenge.id)?.denialReason == .tooManyFailures)
        #expect(simulation.outbox.messages.isEmpty, "what carried the code is withdrawn")
    }

    @Test("Another code gives no fresh tries: ten failures in all lock, however many codes were sent (rows 21, 60)")
    func resendGivesNoFreshGuesses() throws {
        for resends in [true, false] {
            var (simulation, id) = try Self.subject(.sendingWithoutRations)
            var guesses = 0
            var challenge = try #require(try simulation.start(.factor(id)).challenge)
            while simulation.state?.factor(id)?.budget.isLocked == false, guesses < 100 {
                for _ in 0..<4 {
                    let outcome = try simulation.verify(otherCode(than: challenge.code), .challenge(challenge.id))
                    if outcome.verdict == .wrongCode { guesses += 1 }
                }
                let isOpen = simulation.challengeState(challenge.id) == .pending
                let failures = simulation.state?.challenge(challenge.id)?.failures
                let next = try simulation.start(resends && isOpen ? .resend(challenge.id) : .factor(id))
                if resends, isOpen, let resent = next.challenge { #expect(resent.failures == failures) }
                challenge = next.challenge ?? challenge
            }
            #expect(guesses == 10)
            #expect(try simulation.start(.factor(id)).verdict == .locked)
        }
    }

    @Test("Asking again while a number waits for its first code gives no fresh tries either (row 21)")
    func activationTries() throws {
        var simulation = Simulation(settings: .sendingWithoutRations)
        let offer = try simulation.enroll(.phone())
        for left in [4, 3, 2, 1, 0] {
            let code = try #require(simulation.outbox.lastCode)
            let outcome = try simulation.run(
                ActivateFactor(facts: .test(), factorID: offer.id, code: otherCode(than: code)))
            #expect(outcome.verdict == .wrongCode && outcome.attemptsLeft == left)
            if left > 0 {
                let again = try simulation.start(.factor(offer.id))
                #expect(again.challenge?.id == offer.challenge?.id && again.challenge?.failures == 5 - left)
            }
        }
        #expect(throws: Refusal.factorNotActive(.expired)) { try simulation.start(.factor(offer.id)) }
        #expect(simulation.outbox.messages.isEmpty)
    }

    @Test("The code before a resend is dead at once (rows 20, 28)")
    func resendReplaces() throws {
        var (simulation, id) = try Self.subject()
        let challenge = try #require(try simulation.start(.factor(id)).challenge)
        let old = try #require(simulation.outbox.lastCode)
        simulation.advance(seconds: 60)
        let resent = try #require(try simulation.start(.resend(challenge.id)).challenge)
        let new = try #require(simulation.outbox.lastCode)
        #expect(resent.id == challenge.id && old != new && resent.expiresAt > challenge.expiresAt)
        #expect(simulation.outbox.messages.count == 1)
        #expect(try simulation.verify(old, .challenge(challenge.id)).verdict == .wrongCode)
        #expect(try simulation.verify(new, .challenge(challenge.id)).verdict == .accepted)
    }

    @Test("A second challenge ends the first of that factor (row 20)")
    func oneOpenChallenge() throws {
        var (simulation, id) = try Self.subject()
        let first = try #require(try simulation.start(.factor(id)).challenge)
        let old = try #require(simulation.outbox.lastCode)
        simulation.advance(seconds: 60)
        _ = try simulation.start(.factor(id))
        #expect(simulation.challengeState(first.id) == .cancelled)
        #expect(try simulation.verify(old, .challenge(first.id)).verdict == .cancelled)
        #expect(try simulation.verify(old, .kind(.sms)).verdict == .wrongCode)
    }

    @Test("The code of one challenge answers no other (row 20)")
    func boundToItsChallenge() throws {
        var (simulation, phone) = try Self.subject()
        let other = try simulation.activate(.email(), facts: .test(mayBindWithoutProof: true)).factor.id
        let bySMS = try #require(try simulation.start(.factor(phone)).challenge)
        let byEmail = try #require(try simulation.start(.factor(other)).challenge)
        #expect(try simulation.verify(byEmail.code, .challenge(bySMS.id)).verdict == .wrongCode)
        #expect(try simulation.verify(bySMS.code, .challenge(byEmail.id)).verdict == .wrongCode)
        #expect(try simulation.verify(bySMS.code, .challenge(bySMS.id)).verdict == .accepted)
    }

    @Test("Only the digits themselves are the code (row 8)")
    func form() throws {
        let (simulation, _) = try Self.subject()
        var asked = simulation
        _ = try asked.start(.kind(.sms))
        let code = try #require(asked.outbox.lastCode)
        let fullWidth = String(code.unicodeScalars.map { Character(Unicode.Scalar($0.value + 0xfee0) ?? $0) })
        for typed in [" " + code, code + "\n", code + "0", String(code.dropLast()), fullWidth, code + "\u{0}"] {
            var copy = asked
            #expect(try copy.verify(typed, .kind(.sms)).verdict == .wrongCode)
        }
        #expect(throws: Refusal.codeRequired) { try asked.verify("", .kind(.sms)) }
    }

    @Test("A caller who delivers by itself gets the code and nothing is sent; one who does not never sees it")
    func delivery() throws {
        var (simulation, id) = try Self.subject()
        let returned = try simulation.start(.factor(id), .returnCode)
        #expect(returned.returnedCode == returned.challenge?.code && returned.numberToMatch.isEmpty)
        #expect(simulation.outbox.messages.isEmpty && returned.challenge?.deliveryState == nil)
        #expect(try simulation.verify(returned.returnedCode, .kind(.sms)).verdict == .accepted)
        simulation.advance(seconds: 60)
        let sent = try simulation.start(.factor(id))
        #expect(sent.returnedCode.isEmpty && sent.code.isEmpty && sent.challenge?.deliveryState == .queued)
    }

    @Test("A message has the person's language unless the caller names one, and is worth sending as long as its code")
    func message() throws {
        var (simulation, id) = try Self.subject()
        _ = try simulation.run(PutSubject(facts: .test(), profile: Profile(locale: "de-CH")))
        let challenge = try #require(try simulation.start(.factor(id)).challenge)
        let message = try #require(simulation.outbox.messages.last)
        #expect(message.locale == "de-CH" && message.expiresAt == challenge.expiresAt)
        #expect(
            message.recipient == "+41791234567" && message.channel == .sms && message.content == .code(challenge.code))
        simulation.advance(seconds: 60)
        _ = try simulation.start(.resend(challenge.id), .send(locale: "fr"))
        #expect(simulation.outbox.messages.map(\.locale) == ["fr"])
    }

    @Test("SMS go to listed countries alone; an empty list sends none (row 24)")
    func countries() throws {
        var simulation = Simulation(settings: .sendingSMS)
        for country in ["LI", "", "ch"] {
            let credential = AddressCredential(
                address: Address(kind: .phone, value: "+4237891234"), country: country)
            #expect(throws: Refusal.countryNotAllowed(country)) { try simulation.enroll(credential) }
        }
        simulation.settings.sending.smsCountries = []
        #expect(throws: Refusal.countryNotAllowed("CH")) { try simulation.enroll(.phone()) }
        #expect(simulation.outbox.messages.isEmpty && simulation.state == nil)
        try simulation.activate(.email())
        _ = try simulation.enroll(.phone(), .returnCode, facts: .test(mayBindWithoutProof: true))
    }

    @Test("A country that is taken off the list is sent nothing more")
    func countryTakenOff() throws {
        var (simulation, id) = try Self.subject()
        simulation.settings.sending.smsCountries = ["DE"]
        #expect(throws: Refusal.countryNotAllowed("CH")) { try simulation.start(.factor(id)) }
    }

    @Test("Without a provider nothing is promised")
    func channels() throws {
        var (simulation, id) = try Self.subject()
        simulation.settings.channels = [.email]
        #expect(throws: Refusal.channelNotConfigured(.sms)) { try simulation.start(.factor(id)) }
        #expect(try simulation.start(.factor(id), .returnCode).verdict == nil)
    }

    @Test("What was not asked proves nothing, and guessing at it is charged (row 60)")
    func unasked() throws {
        var (simulation, id) = try Self.subject()
        let other = CallFacts.test(caller: "other")
        #expect(try simulation.verify("123456", .factor(id), facts: other).verdict == .wrongCode)
        #expect(simulation.state?.factor(id)?.budget.consecutive == 1)
    }

    @Test("A locked factor is asked nothing, and its open challenge accepts nothing (rows 59, 60)")
    func locked() throws {
        var (simulation, id) = try Self.subject()
        simulation.settings.maxConsecutiveFailures = 2
        let challenge = try #require(try simulation.start(.factor(id)).challenge)
        let code = try #require(simulation.outbox.lastCode)
        for _ in 0..<2 { _ = try simulation.verify(otherCode(than: code), .challenge(challenge.id)) }
        #expect(try simulation.verify(code, .challenge(challenge.id)).verdict == .locked)
        #expect(try simulation.start(.resend(challenge.id)).verdict == .locked)
        #expect(try simulation.start(.factor(id)).alternatives == [.backupCodes])
    }

    @Test("The audit holds no code, number or address (row 29)")
    func audit() throws {
        var (simulation, id) = try Self.subject()
        let challenge = try #require(try simulation.start(.factor(id)).challenge)
        let code = try #require(simulation.outbox.lastCode)
        _ = try simulation.verify(otherCode(than: code), .challenge(challenge.id))
        _ = try simulation.verify(code, .challenge(challenge.id))
        _ = try simulation.start(.factor(id))
        let audit = "\(simulation.events)"
        for secret in [code, otherCode(than: code), "41791234567", "1234567"] { #expect(!audit.contains(secret)) }
    }
}
