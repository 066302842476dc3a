import MFADomain
import MFATesting
import Testing

@Suite("Delivery")
struct DeliveryRuleTests {
    static func report(
        _ message: OutboxMessage, _ result: RecordDelivery.Result, attempt: Int = 1
    ) -> RecordDelivery {
        RecordDelivery(
            facts: CallFacts(caller: "outbox", requestID: ""), message: message, result: result,
            attempt: DeliveryAttempt(
                state: .queued, provider: "gateway", providerMessageID: "m-1", costMicros: 70_000, number: attempt,
                reason: "WORD"))
    }

    static func receipt(_ message: OutboxMessage, delivered: Bool) -> RecordReceipt {
        RecordReceipt(
            facts: CallFacts(caller: "receipts", requestID: ""), messageID: message.id, isDelivered: delivered)
    }

    /// A challenge whose message waits to be sent.
    static func sent() throws -> (simulation: Simulation, challenge: Challenge, message: OutboxMessage) {
        var (simulation, id) = try OutOfBandRuleTests.subject(.sendingWithoutRations)
        let challenge = try #require(try simulation.start(.factor(id)).challenge)
        return (simulation, challenge, try #require(simulation.outbox.messages.last))
    }

    @Test("What a provider took is not sent again, and is noted with its cost and the provider's name for it")
    func accepted() throws {
        var (simulation, challenge, message) = try Self.sent()
        #expect(try simulation.run(Self.report(message, .accepted)) == .accepted)
        #expect(simulation.outbox.messages.isEmpty)
        #expect(simulation.state?.challenge(challenge.id)?.deliveryState == .accepted)
        let event = try #require(simulation.events.last)
        #expect(event.kind == .messageDelivery && event.challengeID == challenge.id)
        #expect(event.delivery?.state == .accepted && event.delivery?.costMicros == 70_000)
        #expect(event.delivery?.provider == "gateway" && event.delivery?.providerMessageID == "m-1")
        #expect(!"\(event)".contains(message.recipient) && !"\(event)".contains(challenge.code))
    }

    @Test("A provider that passed the message on is noted; when the message is due stays as it was")
    func passedOn() throws {
        var (simulation, challenge, message) = try Self.sent()
        let due = simulation.outbox.dueAt[message.id]
        #expect(try simulation.run(Self.report(message, .passedOn)) == .queued)
        #expect(simulation.outbox.messages == [message] && simulation.outbox.dueAt[message.id] == due)
        #expect(simulation.state?.challenge(challenge.id)?.deliveryState == .queued)
        #expect(simulation.events.last?.delivery?.state == .queued)
        #expect(simulation.events.last?.delivery?.provider == "gateway")
    }

    @Test("A failure is tried again after 1, 2, 5, 10, 20, 40, 60 and again 60 seconds")
    func delays() throws {
        var waits: [Int64] = []
        for attempt in [1, 2, 3, 4, 5, 6, 7, 8, 1_000, 0, -5] {
            var (simulation, challenge, message) = try Self.sent()
            let result = RecordDelivery.Result.failed(retryAfterMilliseconds: nil)
            #expect(try simulation.run(Self.report(message, result, attempt: attempt)) == .queued)
            #expect(simulation.outbox.messages == [message])
            #expect(simulation.state?.challenge(challenge.id)?.deliveryState == .queued)
            waits.append(try #require(simulation.outbox.dueAt[message.id]).millisecondsSince(simulation.now) / 1000)
        }
        #expect(waits == [1, 2, 5, 10, 20, 40, 60, 60, 60, 1, 1])
    }

    @Test("A provider's own wish to wait is kept, where it is the longer one; a nonsense one is not")
    func retryAfter() throws {
        for (wish, wait) in [(30_000, 30_000), (10, 1_000), (0, 1_000), (.min, 1_000)] as [(Int64, Int64)] {
            var (simulation, _, message) = try Self.sent()
            _ = try simulation.run(Self.report(message, .failed(retryAfterMilliseconds: wish)))
            #expect(simulation.outbox.dueAt[message.id]?.millisecondsSince(simulation.now) == wait)
        }
        var (simulation, _, message) = try Self.sent()
        #expect(try simulation.run(Self.report(message, .failed(retryAfterMilliseconds: .max))) == .failed)
    }

    @Test("A message is given up when the next attempt would come after its code's end")
    func givenUp() throws {
        var (simulation, challenge, message) = try Self.sent()
        simulation.advance(seconds: 239)
        let result = RecordDelivery.Result.failed(retryAfterMilliseconds: nil)
        #expect(try simulation.run(Self.report(message, result, attempt: 7)) == .queued)
        simulation.advance(seconds: 1)
        #expect(try simulation.run(Self.report(message, result, attempt: 7)) == .failed)
        #expect(simulation.outbox.messages.isEmpty)
        #expect(simulation.state?.challenge(challenge.id)?.deliveryState == .failed)
    }

    @Test("What may have been sent is not sent again, and says so (row 28)")
    func unknown() throws {
        var (simulation, challenge, message) = try Self.sent()
        #expect(try simulation.run(Self.report(message, .unknown)) == .unknown)
        #expect(simulation.outbox.messages.isEmpty)
        #expect(simulation.state?.challenge(challenge.id)?.deliveryState == .unknown)
        #expect(try simulation.verify(challenge.code, .challenge(challenge.id)).verdict == .accepted, "it may arrive")
    }

    @Test("What will never be taken is given up at once")
    func refused() throws {
        for result in [RecordDelivery.Result.refused, .recipientGone] {
            var (simulation, challenge, message) = try Self.sent()
            #expect(try simulation.run(Self.report(message, result)) == .failed)
            #expect(simulation.outbox.messages.isEmpty)
            #expect(simulation.state?.challenge(challenge.id)?.deliveryState == .failed)
        }
    }

    @Test("A receipt tells that a message arrived or did not; told twice it changes nothing")
    func receipts() throws {
        for delivered in [true, false] {
            var (simulation, challenge, message) = try Self.sent()
            _ = try simulation.run(Self.report(message, .accepted))
            try simulation.run(Self.receipt(message, delivered: delivered))
            let state = simulation.state
            #expect(state?.challenge(challenge.id)?.deliveryState == (delivered ? .delivered : .failed))
            let events = simulation.events.count
            try simulation.run(Self.receipt(message, delivered: delivered))
            #expect(simulation.state == state && simulation.events.count == events)
        }
    }

    @Test("Delivered is the last word, in whatever order receipts come")
    func receiptsOutOfOrder() throws {
        for order in [[true, false], [false, true], [true, false, true], [false, false, true, false]] {
            var (simulation, challenge, message) = try Self.sent()
            _ = try simulation.run(Self.report(message, .accepted))
            for delivered in order { try simulation.run(Self.receipt(message, delivered: delivered)) }
            #expect(simulation.state?.challenge(challenge.id)?.deliveryState == .delivered)
        }
    }

    @Test("A receipt that comes before the provider's own answer stands, and the message does not go out twice")
    func receiptBeforeAnswer() throws {
        for delivered in [true, false] {
            for result in [RecordDelivery.Result.accepted, .unknown, .failed(retryAfterMilliseconds: nil)] {
                var (simulation, challenge, message) = try Self.sent()
                try simulation.run(Self.receipt(message, delivered: delivered))
                #expect(simulation.outbox.messages.isEmpty)
                _ = try simulation.run(Self.report(message, result))
                #expect(simulation.outbox.messages.isEmpty)
                #expect(
                    simulation.state?.challenge(challenge.id)?.deliveryState == (delivered ? .delivered : .failed))
            }
        }
    }

    @Test("Word of a message that was replaced says nothing of the one that replaced it")
    func replacedMessage() throws {
        var (simulation, challenge, old) = try Self.sent()
        _ = try simulation.start(.resend(challenge.id))
        let new = try #require(simulation.outbox.messages.last)
        #expect(simulation.outbox.messages == [new] && new.id != old.id)
        _ = try simulation.run(Self.report(old, .failed(retryAfterMilliseconds: nil)))
        _ = try simulation.run(Self.report(old, .accepted))
        #expect(simulation.outbox.messages == [new])
        #expect(simulation.state?.challenge(challenge.id)?.deliveryState == .queued)
        #expect(throws: Refusal.challengeNotFound) { try simulation.run(Self.receipt(old, delivered: true)) }
    }

    @Test("A message is withdrawn once its code counts no more (row 28)")
    func withdrawn() throws {
        let (simulation, challenge, message) = try Self.sent()
        let administrator = CallFacts.test(mayAdminister: true)
        var ends: [Simulation] = Array(repeating: simulation, count: 7)
        _ = try ends[0].run(CancelChallenge(facts: .test(), challengeID: challenge.id))
        _ = try ends[1].run(RevokeFactor(facts: administrator, factorID: challenge.factorID, proof: nil))
        _ = try ends[2].run(SuspendFactor(facts: .test(), factorID: challenge.factorID))
        _ = try ends[3].verify(challenge.code, .challenge(challenge.id))
        _ = try ends[4].run(EraseSubject(facts: administrator))
        ends[5].advance(seconds: 300)
        _ = try ends[5].run(PutSubject(facts: .test(), profile: Profile()))
        for _ in 0..<5 { _ = try ends[6].verify(otherCode(than: challenge.code), .challenge(challenge.id)) }
        // Revoking leaves word of that behind.
        for end in ends { #expect(end.outbox.lastCode == nil) }
        var retried = simulation
        _ = try retried.run(Self.report(message, .failed(retryAfterMilliseconds: nil)))
        _ = try retried.run(CancelChallenge(facts: .test(), challengeID: challenge.id))
        #expect(retried.outbox.messages.isEmpty, "also between two attempts")
    }

    @Test("Word of a notice, or of a challenge that is forgotten, is noted in the audit alone")
    func notice() throws {
        var (simulation, _) = try OutOfBandRuleTests.subject(.sendingWithoutRations)
        _ = try simulation.activate(facts: .test(mayBindWithoutProof: true))
        let message = try #require(simulation.outbox.messages.last)
        #expect(message.content == .notice(.init(.factorAdded)))
        let challenges = simulation.state?.challenges
        #expect(try simulation.run(Self.report(message, .accepted)) == .accepted)
        #expect(simulation.state?.challenges == challenges && simulation.outbox.messages.isEmpty)
        #expect(simulation.events.last?.challengeID == nil)
    }

    @Test("A dead token retires the device's present one only")
    func oldToken() throws {
        var (simulation, device) = try PushRuleTests.subject()
        _ = try PushRuleTests.ask(&simulation, device)
        let message = try #require(simulation.outbox.messages.last)
        let old = OutboxMessage(
            id: message.id, channel: .push, recipient: "older", locale: "", content: .pushChallenge,
            factorID: message.factorID, challengeID: message.challengeID, createdAt: message.createdAt,
            expiresAt: message.expiresAt)
        _ = try simulation.run(Self.report(old, .recipientGone))
        #expect(simulation.state?.factor(device.factorID)?.push?.isUnreachable == false)
    }
}
