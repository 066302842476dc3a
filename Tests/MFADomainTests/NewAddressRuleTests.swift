import MFADomain
import MFATesting
import Testing

@Suite("New addresses and factors (CONTROLS row 27)")
struct NewAddressRuleTests {
    private let old = AddressCredential.phone("+41791234567")
    private let new = AddressCredential.phone("+41797654321")

    /// A subject with the old number, proven just now.
    private func subject(
        _ settings: DomainSettings = .sendingWithoutRations
    ) throws -> (simulation: Simulation, id: FactorID, proof: VerificationID) {
        var simulation = Simulation(settings: settings)
        let activation = try simulation.activate(old)
        return (simulation, activation.factor.id, try #require(activation.verificationID))
    }

    @Test("Another number needs a proof, and sends nothing for an hour")
    func coolDown() throws {
        var (simulation, _, proof) = try subject()
        #expect(throws: Refusal.proofRequired) { try simulation.enroll(new) }
        let id = try simulation.activate(new, proof: proof).factor.id
        for delivery in [CodeDelivery.send(locale: ""), .returnCode] {
            let refused = try simulation.start(.factor(id), delivery)
            #expect(refused.verdict == .rateLimited && refused.refusal?.limit == .coolingDown)
            #expect(refused.refusal?.retryAfterMilliseconds == 3_540_000 && refused.challenge == nil)
        }
        simulation.advance(seconds: 3_539)
        #expect(try simulation.start(.factor(id)).verdict == .rateLimited)
        simulation.advance(seconds: 1)
        #expect(try simulation.start(.factor(id)).verdict == nil)
    }

    @Test("The number before goes on working, also asked by kind")
    func oldNumberWorks() throws {
        var (simulation, oldID, proof) = try subject()
        let newID = try simulation.activate(new, proof: proof).factor.id
        #expect(try simulation.start(.kind(.sms)).challenge?.factorID == oldID)
        simulation.advance(seconds: 3_600)
        #expect(try simulation.start(.kind(.sms)).challenge?.factorID == newID)
    }

    @Test("Suspending or revoking the number before makes the new one no faster", arguments: [true, false])
    func noWayAround(_ revokes: Bool) throws {
        var (simulation, oldID, proof) = try subject()
        let backup = try #require(simulation.state?.backupCodeFactor)
        let offer = try simulation.enroll(new, facts: .test(mayBindWithoutProof: true))
        let code = try #require(simulation.outbox.lastCode)
        if revokes {
            _ = try simulation.run(RevokeFactor(facts: .test(mayAdminister: true), factorID: oldID, proof: proof))
        } else {
            _ = try simulation.run(SuspendFactor(facts: .test(), factorID: oldID))
        }
        let activation = try simulation.run(ActivateFactor(facts: .test(), factorID: offer.id, code: code))
        #expect(activation.verdict == .accepted && backup.storedState == .active)
        #expect(try simulation.start(.factor(offer.id)).refusal?.limit == .coolingDown)
    }

    @Test("A first number, one of another kind, and one that a trusted caller binds may be used at once")
    func atOnce() throws {
        var (simulation, first, proof) = try subject()
        #expect(try simulation.start(.factor(first)).verdict == nil)
        let email = try simulation.activate(.email(), proof: proof).factor.id
        #expect(try simulation.start(.factor(email)).verdict == nil)
        let trusted = try simulation.activate(new, facts: .test(mayBindWithoutProof: true)).factor.id
        #expect(try simulation.start(.factor(trusted)).verdict == nil)
    }

    @Test("Every address that was there is told of a new factor; the new one, and no other subject, is not")
    func notices() throws {
        var (simulation, _, proof) = try subject()
        #expect(simulation.outbox.messages.isEmpty, "of the first factor there is nobody to tell")
        try simulation.activate(.email(), proof: proof)
        _ = try simulation.activate(facts: .test(mayBindWithoutProof: true))
        let notices = simulation.outbox.messages.filter { $0.content == .notice(.init(.factorAdded)) }
        #expect(notices.map(\.recipient) == ["+41791234567", "+41791234567", "alice@example.org"])
        #expect(notices.allSatisfy { $0.challengeID == nil && $0.expiresAt > $0.createdAt })
    }

    @Test("Suspended addresses, channels without a provider and countries off the list are told nothing")
    func noNotices() throws {
        let waived = CallFacts.test(mayBindWithoutProof: true)
        let (simulation, id, _) = try subject()
        var suspended = simulation
        _ = try suspended.run(SuspendFactor(facts: .test(), factorID: id))
        _ = try suspended.activate(facts: waived)
        var withoutProvider = simulation
        withoutProvider.settings.channels = [.email]
        _ = try withoutProvider.activate(facts: waived)
        var otherCountry = simulation
        otherCountry.settings.sending.smsCountries = ["DE"]
        _ = try otherCountry.activate(facts: waived)
        // Suspending is told, to the number that it concerns too.
        for simulation in [suspended, withoutProvider, otherCountry] {
            #expect(simulation.outbox.lastNotice(.factorAdded) == nil)
        }
    }

    @Test("Notices by SMS are rationed: adding and revoking in a loop costs five messages an hour (row 23)")
    func noticesAreRationed() throws {
        var (simulation, _, _) = try subject(.sendingSMS)
        let waived = CallFacts.test(mayBindWithoutProof: true, mayAdminister: true)
        let spent = simulation.budgets.total(.money, windowSeconds: 86_400)
        for _ in 0..<40 {
            let (id, _, _) = try simulation.activate(facts: waived)
            _ = try simulation.run(RevokeFactor(facts: waived, factorID: id, proof: nil))
            simulation.advance(seconds: 30)
        }
        #expect(simulation.outbox.messages.count == 5)
        #expect(simulation.budgets.total(.money, windowSeconds: 86_400) - spent == 5 * 80_000)
        simulation.advance(seconds: 3_600)
        _ = try simulation.activate(facts: waived)
        #expect(simulation.outbox.messages.count == 6)
    }

    @Test("Two numbers of one prefix are counted as two, and one number on two factors is told once")
    func noticesOfOneDecision() throws {
        var (simulation, _, _) = try subject(.sendingSMS)
        let waived = CallFacts.test(mayBindWithoutProof: true)
        try simulation.activate(.phone("+41791234568"), facts: waived)
        try simulation.activate(.phone("+41791234568"), facts: waived)
        simulation.advance(seconds: 86_400)
        let messages = simulation.outbox.messages.count
        let counted = simulation.budgets.total(.prefix, windowSeconds: 3_600)
        _ = try simulation.activate(facts: waived)
        #expect(simulation.outbox.messages.count == messages + 2)
        #expect(simulation.budgets.total(.prefix, windowSeconds: 3_600) == counted + 2)
        simulation.advance(seconds: 86_400)
        simulation.settings.sending.perPrefix = .init(1, perSeconds: 3_600)
        _ = try simulation.activate(facts: waived)
        #expect(simulation.outbox.messages.count == messages + 2, "both or none")
    }

    @Test("What e-mail tells is not held back by a ration that SMS has used up")
    func emailIsToldAnyway() throws {
        var (simulation, _, _) = try subject(.sendingSMS)
        let waived = CallFacts.test(mayBindWithoutProof: true)
        try simulation.activate(.email(), facts: waived)
        simulation.settings.sending.moneyPerHourMicros = 0
        let messages = simulation.outbox.messages.count
        _ = try simulation.activate(facts: waived)
        #expect(simulation.outbox.messages.dropFirst(messages).map(\.channel) == [.email])
    }
}
