import MFADomain
import MFATesting
import Testing

@Suite("Recovery by two operators")
struct RecoveryRuleTests {
    /// A person with an authenticator app, an e-mail address of the profile and, as the policy has it, 24 hours.
    private static func subject(hold holdSeconds: Int64 = 0, perYear: Int = 3) throws -> Simulation {
        var settings = DomainSettings.sendingSMS
        var rules = RecoveryRules()
        rules.holdSeconds = holdSeconds
        rules.maxPerYear = perYear
        settings.policy = Policy(version: "test", recovery: rules)
        var simulation = Simulation(settings: settings)
        _ = try simulation.run(PutSubject(facts: .test(), profile: Profile(addresses: [.email()])))
        try simulation.activate()
        return simulation
    }

    @discardableResult
    private static func start(
        _ simulation: inout Simulation, by name: String = "olga", facts: CallFacts = .test()
    ) throws -> Recovery {
        try simulation.run(
            StartRecovery(facts: facts, by: Operator(name), reason: "telephone lost", evidence: "HD-1"))
    }

    @discardableResult
    private static func approve(
        _ simulation: inout Simulation, by name: String = "otto", _ delivery: AccessCodeDelivery = .send(nil),
        facts: CallFacts = .test()
    ) throws -> ApproveRecovery.Outcome {
        let id = try #require(simulation.state?.recovery?.id)
        return try simulation.run(
            ApproveRecovery(facts: facts, recoveryID: id, by: Operator(name), delivery: delivery))
    }

    private static func complete(
        _ simulation: inout Simulation, _ code: String? = nil, steadyNow: Timestamp? = nil, facts: CallFacts = .test()
    ) throws -> CompleteRecovery.Outcome {
        let code = code ?? simulation.outbox.lastAccessCode ?? ""
        return try simulation.run(
            CompleteRecovery(facts: facts, recoveryID: nil, code: code, steadyNow: steadyNow ?? simulation.now))
    }

    /// To the proof for a new factor.
    private static func redeemed(_ simulation: inout Simulation) throws -> VerificationID {
        try start(&simulation)
        try approve(&simulation)
        return try #require(try complete(&simulation).proof)
    }

    private static let wrong = "0000-0000-0000-0000"

    @Test("A new factor takes the place of all others, with new backup codes and no remembered device")
    func whole() throws {
        var simulation = try Self.subject()
        let old = try #require(simulation.state?.factors.first)
        let proof = try simulation.verify(simulation.code(try #require(old.totp))).verificationID
        _ = try simulation.run(TrustDevice(facts: .test(), proof: proof, name: "Laptop", signals: Signals()))
        simulation.advance(seconds: 60)
        let recovered = try Self.redeemed(&simulation)
        #expect(simulation.state?.recovery?.storedState == .redeemed)
        #expect(try simulation.verify(simulation.wrongCode(try #require(old.totp))).verdict == .wrongCode)
        let offer = try simulation.enroll(proof: recovered)
        #expect(simulation.state?.factor(old.id)?.storedState == .active, "nothing ends before the new one is proven")
        let activation = try simulation.run(
            ActivateFactor(facts: .test(), factorID: offer.id, code: simulation.code(offer.credential)))
        #expect(activation.verdict == .accepted && activation.backupCodes.count == 10)
        let state = try #require(simulation.state)
        #expect(state.factors.filter { $0.storedState == .active && $0.kind != .backupCodes }.map(\.id) == [offer.id])
        #expect(state.factor(old.id)?.storedState == .revoked && state.factor(old.id)?.credential == nil)
        #expect(state.trustedDevices.isEmpty)
        #expect(state.recovery?.storedState == .completed && state.recovery?.factorID == offer.id)
        #expect(simulation.outbox.lastNotice(.recoveryCompleted) != nil)
        #expect(simulation.events.last?.recovery?.state == .completed)
        #expect(throws: Refusal.proofStale) { try simulation.enroll(proof: recovered) }
    }

    @Test("Every live channel is told at once, with the code that stops it; a suspended one is not (rows 72 and 78)")
    func everyChannel() throws {
        var simulation = try Self.subject()
        let waived = CallFacts.test(mayBindWithoutProof: true)
        try simulation.activate(.phone(), facts: waived)
        let lost = try simulation.activate(.phone("+41797654321"), facts: waived).factor.id
        _ = try simulation.run(SuspendFactor(facts: .test(), factorID: lost))
        let device = try simulation.pairDevice(facts: waived)
        simulation.advance(seconds: 3_601)
        let before = simulation.outbox.messages.count
        let recovery = try Self.start(&simulation)
        let told = simulation.outbox.messages.dropFirst(before)
        #expect(told.map(\.recipient) == ["+41791234567", "token-1", "alice@example.org"])
        #expect(told.map(\.factorID).contains(device.factorID))
        #expect(recovery.told == ["+*********67", "Model 1", "a***@e***.org"])
        let vetoes = Set(told.map { if case .notice(let notice) = $0.content { notice.vetoCode } else { "" } })
        #expect(vetoes.count == 1 && vetoes.first?.count == 19)
        #expect(told.allSatisfy { $0.expiresAt == simulation.now.adding(seconds: 86_400) }, "queued, not dropped")
    }

    @Test("Whoever starts it does not approve it, in whatever spelling, nor does the person (row 75)")
    func twoOperators() throws {
        var simulation = try Self.subject()
        for name in ["s", "S", " s "] {
            #expect(throws: Refusal.operatorIsSubject) { try Self.start(&simulation, by: name) }
        }
        try Self.start(&simulation, by: "Olga  Öz")
        for name in ["Olga  Öz", "olga öz", "OLGA ÖZ ", " olga  öz"] {
            #expect(throws: Refusal.sameOperator) { try Self.approve(&simulation, by: name) }
        }
        #expect(throws: Refusal.operatorIsSubject) { try Self.approve(&simulation, by: "S") }
        try Self.approve(&simulation)
    }

    @Test("No answer but RETURN_CODE and no event holds a code (row 75)")
    func noCodes() throws {
        var simulation = try Self.subject()
        let recovery = try Self.start(&simulation)
        let approval = try Self.approve(&simulation)
        #expect(approval.code.isEmpty && approval.sentTo == "a***@e***.org")
        let code = try #require(simulation.outbox.lastAccessCode)
        let veto = try #require(simulation.outbox.lastNotice(.recoveryStarted)).vetoCode
        let text = "\(recovery) \(approval) \(simulation.events) \(String(describing: simulation.state))"
        for secret in [code, veto] { #expect(!text.contains(secret) && secret.count == 19) }
        let returned = try Self.approve(&simulation, .returnCode)
        #expect(returned.code.count == 19 && returned.sentTo.isEmpty)
    }

    @Test("It lapses after its time: not a minute before 24 hours, and then for good", arguments: [-60, 0, 60])
    func lapses(_ offset: Int64) throws {
        for steps in 0...3 {
            var simulation = try Self.subject()
            try Self.start(&simulation)
            simulation.advance(seconds: 86_400 + offset - 120)
            if steps >= 1 { try Self.approve(&simulation) }
            let proof = steps >= 2 ? try Self.complete(&simulation).proof : nil
            let offer = steps >= 3 ? try simulation.enroll(proof: proof) : nil
            simulation.advance(seconds: 120)
            let isOver = offset >= 0
            switch steps {
            case 0:
                if isOver {
                    #expect(throws: Refusal.recoveryNotOpen) { try Self.approve(&simulation) }
                } else {
                    try Self.approve(&simulation)
                }
            case 1: #expect(try Self.complete(&simulation).verdict == (isOver ? .expired : .accepted))
            case 2:
                if isOver {
                    #expect(throws: Refusal.proofStale) { try simulation.enroll(proof: proof) }
                } else {
                    _ = try simulation.enroll(proof: proof)
                }
            default:
                let id = try #require(offer?.id)
                let code = simulation.code(try #require(offer?.credential))
                if isOver {
                    #expect(throws: Refusal.proofStale) {
                        try simulation.run(ActivateFactor(facts: .test(), factorID: id, code: code))
                    }
                } else {
                    #expect(
                        try simulation.run(ActivateFactor(facts: .test(), factorID: id, code: code)).verdict
                            == .accepted)
                }
            }
            #expect(simulation.state?.recovery?.state(at: simulation.now) == .lapsed || !isOver)
        }
    }

    @Test("A clock that was set back prolongs nothing (F7, F8)")
    func clockSetBack() throws {
        var simulation = try Self.subject()
        try Self.start(&simulation)
        simulation.advance(seconds: -1)
        #expect(simulation.state?.recovery?.state(at: simulation.now) == .lapsed)
        #expect(throws: Refusal.recoveryNotOpen) { try Self.approve(&simulation) }
    }

    @Test("The hold runs before the code counts, also where the clock is set forward (rows 78, F8)")
    func hold() throws {
        var simulation = try Self.subject(hold: 3_600)
        try Self.start(&simulation)
        let approval = try Self.approve(&simulation, .returnCode)
        let start = simulation.now
        for seconds: Int64 in [0, 3_599] {
            simulation.now = start.adding(seconds: seconds)
            let early = try Self.complete(&simulation, approval.code)
            #expect(early.verdict == .rateLimited && early.retryAfterMilliseconds == (3_600 - seconds) * 1000)
            #expect(early.attemptsLeft == 5)
        }
        simulation.now = start.adding(seconds: 7_200)
        #expect(try Self.complete(&simulation, approval.code, steadyNow: start).verdict == .rateLimited)
        #expect(try Self.complete(&simulation, approval.code).verdict == .accepted)
    }

    @Test("A code that is sent is not sent before the hold is over, and another one does not begin the hold anew")
    func heldMessage() throws {
        var simulation = try Self.subject(hold: 3_600)
        try Self.start(&simulation)
        try Self.approve(&simulation)
        let first = try #require(simulation.state?.recovery?.code)
        let message = try #require(first.messageID)
        #expect(simulation.outbox.messages.first { $0.id == message }?.createdAt == first.usableFrom)
        simulation.advance(seconds: 60)
        try Self.approve(&simulation)
        #expect(simulation.state?.recovery?.code?.usableFrom == first.usableFrom)
        #expect(!simulation.outbox.messages.contains { $0.id == message }, "the code before is withdrawn")
    }

    @Test("The code of the notice stops it, and nothing else is one (rows 72 and 78)")
    func veto() throws {
        var simulation = try Self.subject()
        try Self.start(&simulation)
        let veto = try #require(simulation.outbox.lastNotice(.recoveryStarted)).vetoCode
        try Self.approve(&simulation)
        let code = try #require(simulation.outbox.lastAccessCode)
        func cancel(_ code: String) throws -> CancelRecovery.Outcome {
            try simulation.run(CancelRecovery(facts: .test(), recoveryID: nil, authority: .veto(code)))
        }
        for wrong in [Self.wrong, code, "", "x"] {
            #expect(try cancel(wrong).verdict == .wrongCode)
        }
        let cancelled = try cancel(veto.lowercased().replacing("-", with: " "))
        #expect(cancelled.verdict == .accepted && cancelled.recovery.cancellation == .veto)
        #expect(simulation.outbox.lastAccessCode == nil, "a code on its way is taken back")
        #expect(simulation.outbox.lastNotice(.recoveryCancelled) != nil)
        #expect(try Self.complete(&simulation, code).verdict == .cancelled)
        #expect(try cancel(veto).verdict == .expired)
    }

    @Test("Any factor that is proven stops it, up to the new factor; an operator's code does not")
    func liveFactor() throws {
        for steps in 0...3 {
            var simulation = try Self.subject()
            let old = try #require(simulation.state?.factors.first?.totp)
            try Self.start(&simulation)
            if steps >= 1 { try Self.approve(&simulation) }
            let proof = steps >= 2 ? try Self.complete(&simulation).proof : nil
            let offer = steps >= 3 ? try simulation.enroll(proof: proof) : nil
            let access = try simulation.run(
                IssueTemporaryAccessCode(
                    facts: .test(mayAdminister: true), by: Operator("olga"), reason: "x", lifetimeSeconds: 60, uses: 1,
                    delivery: .returnCode))
            #expect(try simulation.verify(access.code, .kind(.temporaryAccessCode)).verdict == .accepted)
            #expect(simulation.state?.recovery?.cancellation == nil)
            #expect(try simulation.verify(simulation.code(old)).verdict == .accepted)
            #expect(simulation.state?.recovery?.cancellation == .factorProven)
            #expect(simulation.events.last?.recovery?.cancellation == .factorProven)
            guard let offer else { continue }
            #expect(throws: Refusal.proofStale) {
                try simulation.run(
                    ActivateFactor(facts: .test(), factorID: offer.id, code: simulation.code(offer.credential)))
            }
        }
    }

    @Test("An operator, or whoever has just proven a factor, may stop it; a stranger's proof does not")
    func cancelled() throws {
        var simulation = try Self.subject()
        let old = try #require(simulation.state?.factors.first?.totp)
        let proof = try #require(try simulation.verify(simulation.code(old)).verificationID)
        try Self.start(&simulation)
        var entropy = SeededEntropy(seed: 5)
        let unknown = VerificationID(entropy: &entropy)
        #expect(throws: Refusal.proofStale) {
            try simulation.run(CancelRecovery(facts: .test(), recoveryID: nil, authority: .proof(unknown)))
        }
        let byProof = try simulation.run(CancelRecovery(facts: .test(), recoveryID: nil, authority: .proof(proof)))
        #expect(byProof.verdict == .accepted && byProof.recovery.cancellation == .factorProven)
        try Self.start(&simulation)
        let byOperator = try simulation.run(
            CancelRecovery(facts: .test(), recoveryID: nil, authority: .named(Operator("olga"))))
        #expect(byOperator.recovery.cancellation == .byOperator)
        #expect(simulation.events.last?.recovery?.operatorName == "olga")
    }

    @Test("Five wrong codes end it, also over several codes; none is good twice (row 71)")
    func guesses() throws {
        var simulation = try Self.subject()
        try Self.start(&simulation)
        for left in stride(from: 4, through: 1, by: -1) {
            try Self.approve(&simulation)
            let outcome = try Self.complete(&simulation, Self.wrong)
            #expect(outcome.verdict == .wrongCode && outcome.attemptsLeft == left)
            simulation.advance(seconds: 300)
        }
        try Self.approve(&simulation)
        let code = try #require(simulation.outbox.lastAccessCode)
        #expect(try Self.complete(&simulation, Self.wrong).attemptsLeft == 0)
        #expect(simulation.outbox.lastAccessCode == nil && simulation.outbox.lastNotice(.recoveryCancelled) != nil)
        #expect(try Self.complete(&simulation, code).verdict == .cancelled)
        try Self.start(&simulation)
        let good = try Self.approve(&simulation, .returnCode).code
        #expect(try Self.complete(&simulation, code).verdict == .wrongCode, "a code is one recovery's")
        #expect(try Self.complete(&simulation, good).verdict == .accepted)
        #expect(try Self.complete(&simulation, good).verdict == .replayed)
    }

    @Test("A code is good for ten minutes by SMS and 24 hours otherwise, never beyond the recovery (row 71)")
    func lifetimes() throws {
        for (delivery, seconds) in [(AccessCodeDelivery.send(.phone), Int64(600)), (.send(.email), 86_400)] {
            for isLate in [false, true] {
                var simulation = try Self.subject()
                try simulation.activate(.phone(), facts: .test(mayBindWithoutProof: true))
                try Self.start(&simulation)
                try Self.approve(&simulation, delivery)
                let expiresAt = try #require(simulation.state?.recovery?.code?.expiresAt)
                #expect(expiresAt == simulation.now.adding(seconds: seconds))
                simulation.now = expiresAt.adding(seconds: isLate ? 0 : -1)
                #expect(try Self.complete(&simulation).verdict == (isLate ? .expired : .accepted))
            }
        }
        var simulation = try Self.subject()
        try Self.start(&simulation)
        let end = try #require(simulation.state?.recovery?.endsAt)
        simulation.advance(seconds: 86_000)
        try Self.approve(&simulation)
        #expect(simulation.state?.recovery?.code?.expiresAt == end)
    }

    @Test("The proof of a code starts a new factor for five minutes, and nothing else")
    func proof() throws {
        var simulation = try Self.subject()
        let old = try #require(simulation.state?.factors.first?.id)
        let proof = try Self.redeemed(&simulation)
        #expect(throws: Refusal.proofStale) {
            try simulation.run(GenerateBackupCodes(facts: .test(), proof: proof))
        }
        #expect(throws: Refusal.proofStale) {
            try simulation.run(RevokeFactor(facts: .test(), factorID: old, proof: proof))
        }
        #expect(throws: Refusal.proofStale) {
            try simulation.run(TrustDevice(facts: .test(), proof: proof, name: "", signals: Signals()))
        }
        simulation.advance(seconds: 301)
        #expect(throws: Refusal.proofStale) { try simulation.enroll(proof: proof) }
    }

    @Test("Approvals of a year are counted, whatever became of them; those before one are not")
    func yearlyCap() throws {
        var simulation = try Self.subject(perYear: 2)
        func cancel() throws {
            _ = try simulation.run(
                CancelRecovery(facts: .test(), recoveryID: nil, authority: .named(Operator("olga"))))
        }
        for _ in 0..<5 {
            try Self.start(&simulation)
            try cancel()
        }
        for _ in 0..<2 {
            simulation.advance(seconds: 600)
            try Self.start(&simulation)
            try Self.approve(&simulation)
            simulation.advance(seconds: 600)
            try Self.approve(&simulation)
            try cancel()
        }
        #expect(throws: Refusal.tooManyRecoveries) { try Self.start(&simulation) }
        simulation.advance(seconds: 364 * 86_400)
        #expect(throws: Refusal.tooManyRecoveries) { try Self.start(&simulation) }
        simulation.advance(seconds: 2 * 86_400)
        try Self.start(&simulation)
    }

    @Test("One at a time, for somebody who has something to lose, where the policy allows it")
    func preconditions() throws {
        var simulation = try Self.subject()
        #expect(throws: Refusal.recoveryNotFound) {
            try simulation.run(CancelRecovery(facts: .test(), recoveryID: nil, authority: .veto("x")))
        }
        try Self.start(&simulation)
        #expect(throws: Refusal.recoveryOpen) { try Self.start(&simulation, by: "otto") }
        #expect(throws: Refusal.recoveryNotApproved) { try Self.complete(&simulation, Self.wrong) }
        var empty = Simulation()
        _ = try empty.run(PutSubject(facts: .test(), profile: Profile()))
        #expect(throws: Refusal.nothingToRecover) { try Self.start(&empty) }
        try empty.activate()
        try Self.start(&empty)
        #expect(throws: Refusal.noAddress) { try Self.approve(&empty) }
        #expect(throws: Refusal.noAddress) { try Self.approve(&simulation, .send(.phone)) }
        var disabled = try Self.subject()
        var rules = RecoveryRules()
        rules.adminRecovery = .disabled
        disabled.settings.policy = Policy(version: "none", recovery: rules)
        #expect(throws: Refusal.recoveryDisabled) { try Self.start(&disabled) }
    }

    @Test("Where the person cannot be told by SMS nothing is begun (row 72)")
    func usedUpNotices() throws {
        var simulation = try Self.subject(perYear: 100)
        try simulation.activate(.phone(), facts: .test(mayBindWithoutProof: true))
        func stop() throws {
            _ = try simulation.run(
                CancelRecovery(facts: .test(), recoveryID: nil, authority: .named(Operator("olga"))))
        }
        try Self.start(&simulation)
        try stop()
        try Self.start(&simulation)
        try stop()
        try Self.start(&simulation)
        try stop()
        let before = simulation
        #expect(throws: Refusal.noticesRationed) { try Self.start(&simulation) }
        #expect(simulation.state == before.state && simulation.outbox.messages == before.outbox.messages)
        simulation.advance(seconds: 4_000)
        try Self.start(&simulation)
    }

    @Test("Ten are started in a day, and no more")
    func dailyCap() throws {
        var simulation = try Self.subject()
        for _ in 0..<10 {
            try Self.start(&simulation)
            _ = try simulation.run(
                CancelRecovery(facts: .test(), recoveryID: nil, authority: .named(Operator("olga"))))
        }
        #expect(throws: Refusal.tooManyOperatorActs) { try Self.start(&simulation) }
        simulation.advance(seconds: 100_000)
        try Self.start(&simulation)
    }

    @Test("The code goes to a proven address first, and not to one that was changed just now (rows 27 and 75)")
    func addressOfCode() throws {
        var simulation = try Self.subject()
        try simulation.activate(.phone(), facts: .test(mayBindWithoutProof: true))
        try Self.start(&simulation)
        #expect(try Self.approve(&simulation).sentTo == "+*********67")
        simulation.advance(seconds: 60)
        let mallory = Profile(addresses: [.email("mallory@example.org")])
        _ = try simulation.run(PutSubject(facts: .test(), profile: mallory))
        #expect(throws: Refusal.noAddress) { try Self.approve(&simulation, .send(.email)) }
        _ = try simulation.run(PutSubject(facts: .test(), profile: mallory))
        simulation.advance(seconds: 3_600)
        #expect(try Self.approve(&simulation, .send(.email)).sentTo == "m***@e***.org")
    }

    @Test("Another code ends what the one before began, and its answer is not repeated")
    func anotherCode() throws {
        var simulation = try Self.subject()
        try Self.start(&simulation)
        let facts = CallFacts.test(key: IdempotencyKey(caller: "c", key: "k", method: "m", body: [1]))
        let first = try Self.approve(&simulation, .returnCode, facts: facts).code
        let proof = try #require(try Self.complete(&simulation, first).proof)
        let offer = try simulation.enroll(proof: proof)
        simulation.advance(seconds: 1)
        let second = try Self.approve(&simulation, .returnCode).code
        #expect(throws: Refusal.idempotentAnswerGone) { try Self.approve(&simulation, .returnCode, facts: facts) }
        #expect(try Self.complete(&simulation, second).verdict == .accepted)
        #expect(throws: Refusal.factorNotPending(.revoked)) {
            try simulation.run(
                ActivateFactor(facts: .test(), factorID: offer.id, code: simulation.code(offer.credential)))
        }
    }

    @Test("An approval whose hold would end after the recovery is refused, and a code sent again is not held anew")
    func lateApproval() throws {
        var simulation = try Self.subject(hold: 7_200)
        try Self.start(&simulation)
        simulation.advance(seconds: 86_400 - 7_200)
        #expect(throws: Refusal.recoveryTooLate) { try Self.approve(&simulation) }
        var without = try Self.subject()
        try Self.start(&without)
        try Self.approve(&without)
        without.advance(seconds: 60)
        let again = try Self.approve(&without, .returnCode).code
        let early = without.now.adding(seconds: -3_600)
        #expect(try Self.complete(&without, again, steadyNow: early).verdict == .accepted)
    }

    @Test("A retry under its key gets the same answer, and the code of RETURN_CODE for ten minutes")
    func retries() throws {
        var simulation = try Self.subject()
        func facts(_ name: String) -> CallFacts {
            .test(key: IdempotencyKey(caller: "c", key: name, method: "m", body: Array(name.utf8)))
        }
        let started = try Self.start(&simulation, facts: facts("a"))
        #expect(try Self.start(&simulation, facts: facts("a")).id == started.id)
        let approved = try Self.approve(&simulation, .returnCode, facts: facts("b"))
        #expect(try Self.approve(&simulation, .returnCode, facts: facts("b")).code == approved.code)
        let completed = try Self.complete(&simulation, approved.code, facts: facts("c"))
        let again = try Self.complete(&simulation, approved.code, facts: facts("c"))
        #expect(again.verdict == .accepted && again.proof == completed.proof)
        simulation.advance(seconds: 601)
        #expect(throws: Refusal.idempotentAnswerGone) {
            try Self.approve(&simulation, .returnCode, facts: facts("b"))
        }
    }
}
