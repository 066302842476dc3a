import MFADomain
import MFAMethods
import MFAProto
import MFATesting
import Testing

@Suite("Push, through the table")
struct PushConversationTests {
    let test: TestService

    init() throws {
        test = try TestService(settings: TestService.settingsForSending)
    }

    @Test("A person approves on the device with the number they see, and the approval is good once (row 30)")
    func approves() async throws {
        let device = try await test.pair("alice", channel: "fcm", token: "token-1")
        let started = try await test.startChallenge("alice", .push) {
            $0.action = "transfer 120 EUR"
            $0.context = "Chrome on Windows"
            $0.location = "Zurich"
        }
        #expect(started.numberToMatch.count == 3 && started.challenge.deliveryState == .queued)
        let message = try #require(try await test.takeMessages(.push).first)
        #expect(message.content == .pushChallenge && message.recipient == "token-1")
        let push = try #require(try await test.pending(device).first)
        #expect(push.action == "transfer 120 EUR" && push.location == "Zurich" && push.numberDigits == 3)
        await #expect(throws: CallStatus.self) { try await test.verify("alice", challenge: push.challengeID) }
        let request = try device.answer(push, .approve, number: started.numberToMatch)
        #expect(try await test.call(VerificationServiceMethods.answerPush, request).verdict == .accepted)
        #expect(try await test.call(VerificationServiceMethods.answerPush, request).verdict == .replayed)
        let accepted = try await test.verify("alice", challenge: push.challengeID)
        #expect(accepted.verdict == .accepted && accepted.amr == ["swk"] && !accepted.verificationID.isEmpty)
        #expect(try await test.verify("alice", challenge: push.challengeID).verdict == .replayed)
    }

    @Test(
        "Five hundred signed answers with wrong numbers at once: three are looked at, and the right one comes too late")
    func numberFlood() async throws {
        let device = try await test.pair("alice")
        let started = try await test.startChallenge("alice", .push)
        let push = try #require(try await test.pending(device).first)
        let wrong = (0..<1_000).map { String("00\($0)".suffix(3)) }.filter { $0 != started.numberToMatch }.prefix(500)
        let requests = try wrong.map { try device.answer(push, .approve, number: $0) }
        await withTaskGroup(of: Void.self) { group in
            for request in requests {
                group.addTask { [test] in _ = try? await test.call(VerificationServiceMethods.answerPush, request) }
            }
        }
        let right = try device.answer(push, .approve, number: started.numberToMatch)
        #expect(try await test.call(VerificationServiceMethods.answerPush, right).verdict == .replayed)
        #expect(try await test.verify("alice", challenge: push.challengeID).verdict == .denied)
        let events = try await test.call(AuditServiceMethods.listEvents) {
            $0.tenant = "default"
            $0.subject = "alice"
            $0.pageSize = 500
        }.events
        let looked = events.filter { $0.type == .pushAnswered && [.wrongCode, .denied].contains($0.verdict) }
        #expect(looked.count == 3)
    }

    @Test("What the device did not sign as it was asked is refused: another device, another context, another number")
    func signature() async throws {
        let device = try await test.pair("alice")
        var other = try await test.pair("bob")
        other.name = device.name
        let started = try await test.startChallenge("alice", .push) { $0.action = "sign in" }
        let push = try #require(try await test.pending(device).first)
        var edited = push
        edited.action = "something harmless"
        var renumbered = try device.answer(push, .approve, number: "000")
        renumbered.number = started.numberToMatch
        for request in [
            try other.answer(push, .approve, number: started.numberToMatch),
            try device.answer(edited, .approve, number: started.numberToMatch), renumbered,
        ] {
            let refused = await #expect(throws: CallStatus.self) {
                try await test.call(VerificationServiceMethods.answerPush, request)
            }
            #expect(refused?.reason == "SIGNATURE_INVALID")
        }
        #expect(try await test.pending(device).count == 1, "nothing was counted")
    }

    @Test("A device name opens for its tenant alone, and nothing else opens as one")
    func deviceNames() async throws {
        let device = try await test.pair("alice")
        for name in ["", "x", device.name + "A", String(device.name.dropLast()), String(repeating: "A", count: 400)] {
            var wrong = device
            wrong.name = name
            await #expect(throws: CallStatus.self) { try await test.pending(wrong) }
        }
        let signature = try device.sign(.list(device: device.name, at: test.clock.now))
        let refused = await #expect(throws: CallStatus.self) {
            try await test.call(
                VerificationServiceMethods.listPendingPushes, as: .test(tenants: .all, scopes: [.relay])
            ) {
                $0.tenant = "other"
                $0.device = device.name
                $0.atUnixMs = test.clock.now.milliseconds
                $0.signature = signature
            }
        }
        #expect(refused?.reason == "DEVICE_NOT_FOUND")
    }

    @Test("A request for what is pending is good for five minutes, before and after")
    func staleList() async throws {
        let device = try await test.pair("alice")
        let signed = test.clock.now
        let signature = try device.sign(.list(device: device.name, at: signed))
        func list() async throws -> Countersign_V1_ListPendingPushesResponse {
            try await test.call(VerificationServiceMethods.listPendingPushes) {
                $0.tenant = "default"
                $0.device = device.name
                $0.atUnixMs = signed.milliseconds
                $0.signature = signature
            }
        }
        for seconds: Int64 in [-300, 300] {
            test.clock.set(seconds: signed.seconds + seconds)
            _ = try await list()
        }
        for seconds: Int64 in [-302, 302] {
            test.clock.set(seconds: signed.seconds + seconds)
            let refused = await #expect(throws: CallStatus.self) { try await list() }
            #expect(refused?.reason == "REQUEST_STALE")
        }
    }

    @Test("Who waits for a challenge is told when it ends, and otherwise when the wait is over")
    func longPoll() async throws {
        let device = try await test.pair("alice")
        let started = try await test.startChallenge("alice", .push)
        let push = try #require(try await test.pending(device).first)
        func wait(_ milliseconds: Int64) async throws -> Countersign_V1_Challenge {
            try await test.call(VerificationServiceMethods.getChallenge) {
                $0.tenant = "default"
                $0.subject = "alice"
                $0.challengeID = started.challenge.challengeID
                $0.waitMs = milliseconds
            }.challenge
        }
        #expect(try await wait(50).state == .pending)
        async let ended = wait(60_000)
        let request = try device.answer(push, .deny)
        #expect(try await test.call(VerificationServiceMethods.answerPush, request).verdict == .denied)
        let challenge = try await ended
        #expect(challenge.state == .denied && challenge.denialReason == .user)
    }
}
