public import MFADomain
import MFAStore
import Testing

extension StoreContract {
    static let outboxCases: [Case] = [
        Case(name: "a message is there once its decision is, and not at all if that throws", run: messagesAreDurable),
        Case(
            name:
                "a leased message is nobody else's until the lease ends; then it is leased again, as one attempt more",
            run: leasesAreExclusive),
        Case(name: "parallel leases share no message", run: leasesDoNotOverlap),
        Case(name: "messages are leased oldest first, of one channel, no more than asked", run: oldestFirst),
        Case(name: "a message that was removed is gone, one that was postponed comes later", run: removesAndPostpones),
        Case(name: "an erased subject's messages go with it, and no other's", run: eraseTakesMessages),
        Case(name: "the outbox tells how much waits and since when", run: outboxIsCounted),
    ]

    /// A message of a subject's, with something in every field.
    public static func message(
        _ number: Int, channel: MessageChannel = .sms, at moment: Timestamp = start
    ) -> OutboxMessage {
        var entropy = SeededEntropy(seed: UInt64(number) + 1_000)
        return OutboxMessage(
            id: MessageID(entropy: &entropy), channel: channel, recipient: "+4179\(number)", locale: "de-CH",
            content: number % 2 == 0 ? .code("12345\(number)") : .notice(.init(.factorAdded)),
            factorID: FactorID(entropy: &entropy), challengeID: ChallengeID(entropy: &entropy), createdAt: moment,
            expiresAt: moment.adding(seconds: 300))
    }

    private static let state = richState()
    private static let key = SubjectKey(tenant: "t", subject: "s")

    private static func change(
        _ changes: [OutboxChange], _ store: any Store, _ key: SubjectKey = key
    ) async throws {
        try await store.update(key) { _ in Decision(effect: .put(state, outbox: changes), outcome: ()) }
    }

    private static func lease(
        _ store: any Store, _ channel: MessageChannel = .sms, limit: Int = 100, after seconds: Int64 = 0
    ) async throws -> [QueuedMessage] {
        let leased = try await store.leaseMessages(
            channel, limit: limit, now: start.adding(seconds: seconds), leaseSeconds: 60)
        #expect(leased.unreadableCount == 0)
        return leased.messages
    }

    private static func messagesAreDurable(_ store: any Store) async throws {
        let committed = try await store.update(key) { _, _ in
            Decision(effect: .put(state, outbox: [.add(message(1)), .add(message(2))]), outcome: ())
        }
        #expect(committed.hasMessages)
        await #expect(throws: Refusal.factorEnded) {
            try await store.update(key) { _ -> Decision<Void> in throw Refusal.factorEnded }
        }
        let messages = try await lease(store)
        #expect(Set(messages.map(\.message)) == [message(1), message(2)])
        #expect(messages.allSatisfy { $0.key == key && $0.attempt == 1 })
    }

    private static func leasesAreExclusive(_ store: any Store) async throws {
        try await change([.add(message(1))], store)
        for attempt in 1...4 {
            let begin = Int64(attempt - 1) * 60
            #expect(try await lease(store, after: begin).map(\.attempt) == [attempt])
            for seconds in [begin, begin + 1, begin + 59] {
                #expect(try await lease(store, after: seconds).isEmpty)
            }
        }
    }

    private static func leasesDoNotOverlap(_ store: any Store) async throws {
        try await change((0..<100).map { .add(message($0)) }, store)
        let leased = try await withThrowingTaskGroup(of: [MessageID].self) { group in
            for _ in 0..<20 { group.addTask { try await lease(store, limit: 7).map(\.message.id) } }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(leased.count == 100 && Set(leased).count == 100)
    }

    private static func oldestFirst(_ store: any Store) async throws {
        for number in [3, 0, 2, 1] {
            let moment = start.adding(seconds: Int64(number))
            try await change([.add(message(number, at: moment))], store)
        }
        try await change([.add(message(9, channel: .email)), .add(message(8, channel: .push))], store)
        #expect(
            try await lease(store, after: 2).map(\.message)
                == (0...2).map { message($0, at: start.adding(seconds: Int64($0))) })
        #expect(try await lease(store, .email).map(\.message) == [message(9, channel: .email)])
        #expect(try await lease(store, after: 3).map(\.message.recipient) == ["+41793"])
        #expect(try await lease(store, limit: 2, after: 100).map(\.message.recipient) == ["+41790", "+41791"])
    }

    private static func removesAndPostpones(_ store: any Store) async throws {
        try await change([.add(message(1)), .add(message(2)), .add(message(3))], store)
        let leased = try await lease(store)
        #expect(leased.count == 3)
        try await change(
            [
                .remove(message(1).id), .postpone(message(2).id, until: start.adding(seconds: 10)),
                .remove(message(7).id),
            ],
            store)
        #expect(try await lease(store, after: 9).isEmpty)
        #expect(try await lease(store, after: 10).map { [$0.attempt, $0.message == message(2) ? 1 : 0] } == [[2, 1]])
        try await change([.remove(message(2).id), .postpone(message(1).id, until: start)], store)
        #expect(try await lease(store, after: 1_000).map(\.message) == [message(3)], "what is gone does not come back")
    }

    private static func eraseTakesMessages(_ store: any Store) async throws {
        let others = [("t", "s2"), ("t2", "s"), ("t", "S")].map { SubjectKey(tenant: $0.0, subject: $0.1) }
        try await change([.add(message(1)), .add(message(2, channel: .email))], store)
        for (number, other) in others.enumerated() { try await change([.add(message(10 + number))], store, other) }
        try await store.update(key) { _ in Decision(effect: .erase(state), outcome: ()) }
        #expect(try await Set(lease(store).map(\.key)) == Set(others))
        #expect(try await lease(store, .email).isEmpty)
    }

    private static func outboxIsCounted(_ store: any Store) async throws {
        #expect(try await store.outboxStatus() == OutboxStatus(count: 0, oldestDueAt: nil))
        try await change([.add(message(1)), .add(message(2, channel: .push, at: start.adding(seconds: -5)))], store)
        #expect(
            try await store.outboxStatus() == OutboxStatus(count: 2, oldestDueAt: start.milliseconds - 5_000))
        try await change([.remove(message(2).id)], store)
        #expect(try await store.outboxStatus().count == 1)
    }
}
