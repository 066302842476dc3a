import MFADomain
import MFATesting
import Testing

@Suite("Push")
struct PushRuleTests {
    static let display = Challenge.Display(
        appName: "Shop", action: "Pay 100", context: "from the web", location: "Zürich")

    /// A subject with a paired device.
    static func subject() throws -> (simulation: Simulation, device: TestDevice) {
        var simulation = Simulation()
        let device = try simulation.pairDevice()
        return (simulation, device)
    }

    static func ask(
        _ simulation: inout Simulation, _ device: TestDevice
    ) throws -> (challenge: Challenge, number: String) {
        let outcome = try simulation.start(.factor(device.factorID), display: display)
        return (try #require(outcome.challenge), outcome.numberToMatch)
    }

    /// Has the device ignore challenges until none may start.
    static func pause(_ simulation: inout Simulation, _ device: TestDevice) throws {
        for _ in 0..<3 {
            _ = try ask(&simulation, device)
            simulation.advance(seconds: 121)
        }
    }

    @Test("A device is paired by its signature over the pairing data, once")
    func pairing() throws {
        var simulation = Simulation()
        let offer = try simulation.run(StartEnrollment(facts: .test(), wanted: .push, name: "", proof: nil))
        let secret = try #require(offer.factor?.push?.pairingSecret)
        #expect(secret.count == 16)
        let device = TestDevice(factorID: offer.id)
        let registration = device.registration(secret: secret)
        let outcome = try simulation.run(
            ActivateFactor(facts: .test(), factorID: offer.id, proof: .registration(registration)))
        #expect(outcome.verdict == .accepted)
        let paired = try #require(outcome.factor.push)
        #expect(paired.publicKey == device.publicKey && paired.pairingSecret.isEmpty && paired.token == "token-1")
        #expect(throws: Refusal.factorNotPending(.active)) {
            try simulation.run(
                ActivateFactor(facts: .test(), factorID: offer.id, proof: .registration(registration)))
        }
    }

    @Test("A registration with another secret, factor, key or token is none, and five end the pairing")
    func wrongPairing() throws {
        var simulation = Simulation()
        let offer = try simulation.run(StartEnrollment(facts: .test(), wanted: .push, name: "", proof: nil))
        let secret = try #require(offer.factor?.push?.pairingSecret)
        let device = TestDevice(factorID: offer.id)
        let right = device.registration(secret: secret)
        var entropy = SeededEntropy(seed: 5)
        func edited(key: [UInt8]? = nil, token: String? = nil, signature: [UInt8]? = nil) -> PushRegistration {
            PushRegistration(
                publicKey: key ?? right.publicKey, channel: right.channel, token: token ?? right.token,
                model: right.model, signature: signature ?? right.signature)
        }
        let wrong = [
            device.registration(secret: Array(repeating: 0, count: 16)),
            TestDevice(factorID: FactorID(entropy: &entropy)).registration(secret: secret),
            edited(key: TestDevice(factorID: offer.id).publicKey),
            edited(token: "stolen"),
            edited(key: [4] + Array(repeating: 0, count: 64), signature: Array(repeating: 0, count: 64)),
        ]
        for (tried, registration) in wrong.enumerated() {
            let outcome = try simulation.run(
                ActivateFactor(facts: .test(), factorID: offer.id, proof: .registration(registration)))
            #expect(outcome.verdict == .wrongCode && outcome.attemptsLeft == 4 - tried)
        }
        let late = try simulation.run(
            ActivateFactor(facts: .test(), factorID: offer.id, proof: .registration(right)))
        #expect(late.verdict != .accepted)
    }

    @Test(
        "A signature or key of another form verifies nothing and traps on nothing", arguments: [0, 1, 63, 65, 72, 1000])
    func malformed(_ count: Int) throws {
        var (simulation, device) = try Self.subject()
        let (challenge, number) = try Self.ask(&simulation, device)
        #expect(throws: Refusal.signatureInvalid) {
            try simulation.run(
                device.answer(challenge, number: number, signature: Array(repeating: 1, count: count)))
        }
    }

    @Test("A device is paired, a code is typed: neither stands for the other")
    func proofForms() throws {
        var simulation = Simulation()
        let push = try simulation.run(StartEnrollment(facts: .test(), wanted: .push, name: "", proof: nil))
        let totp = try simulation.enroll()
        #expect(throws: Refusal.registrationRequired) {
            try simulation.run(ActivateFactor(facts: .test(), factorID: push.id, code: "123456"))
        }
        let registration = TestDevice(factorID: totp.id).registration(secret: [])
        #expect(throws: Refusal.codeRequired) {
            try simulation.run(
                ActivateFactor(facts: .test(), factorID: totp.id, proof: .registration(registration)))
        }
    }

    @Test("The number to match goes to the caller alone, never with the message (row 30)")
    func message() throws {
        var (simulation, device) = try Self.subject()
        let outcome = try simulation.start(.factor(device.factorID), display: Self.display)
        #expect(outcome.numberToMatch.utf8.count == 3 && outcome.returnedCode.isEmpty)
        let message = try #require(simulation.outbox.messages.last)
        #expect(message.content == .pushChallenge && message.recipient == "token-1" && message.channel == .push)
        #expect(message.challengeID == outcome.challenge?.id && message.expiresAt == outcome.challenge?.expiresAt)
    }

    @Test("An approval with the number is accepted, and spent once (rows 30, 32)")
    func approve() throws {
        var (simulation, device) = try Self.subject()
        let (challenge, number) = try Self.ask(&simulation, device)
        #expect(throws: Refusal.challengePending) { try simulation.verify("", .challenge(challenge.id)) }
        let answer = try simulation.run(device.answer(challenge, number: number))
        #expect(answer.verdict == .accepted && answer.challenge.storedState == .approved)
        let outcome = try simulation.verify("", .challenge(challenge.id))
        #expect(outcome.verdict == .accepted && outcome.assurance?.amr == ["swk"])
        #expect(try simulation.verify("", .challenge(challenge.id)).verdict == .replayed)
        #expect(try simulation.verify("", .challenge(challenge.id)).verificationID == nil)
    }

    @Test("An answer at 119 s counts; at 120 s and 121 s the challenge is expired", arguments: [119, 120, 121])
    func lifetime(_ seconds: Int64) throws {
        var (simulation, device) = try Self.subject()
        let (challenge, number) = try Self.ask(&simulation, device)
        simulation.advance(seconds: seconds)
        let answer = try simulation.run(device.answer(challenge, number: number))
        #expect(answer.verdict == (seconds < 120 ? .accepted : .expired))
        #expect(answer.challenge.storedState == (seconds < 120 ? .approved : .expired))
        simulation.advance(seconds: 5)
        #expect(try simulation.verify("", .challenge(challenge.id)).verdict == (seconds < 120 ? .accepted : .expired))
    }

    @Test("An approval that nobody asked about is worth nothing after ten minutes (row 19)")
    func approvalLifetime() throws {
        var (simulation, device) = try Self.subject()
        let (challenge, number) = try Self.ask(&simulation, device)
        _ = try simulation.run(device.answer(challenge, number: number))
        simulation.advance(seconds: 600)
        var inTime = simulation
        #expect(try inTime.verify("", .challenge(challenge.id)).verdict == .accepted)
        for seconds: Int64 in [1, 86_400 * 30, -86_400 * 31] {
            simulation.advance(seconds: seconds)
            var late = simulation
            #expect((try? late.verify("", .challenge(challenge.id)).verdict) == .expired)
        }
    }

    @Test("Without a number, or with one of another length, there is no approval (row 30)")
    func bareApproval() throws {
        var (simulation, device) = try Self.subject()
        let (challenge, number) = try Self.ask(&simulation, device)
        for typed in ["", number + "0"] {
            #expect(try simulation.run(device.answer(challenge, number: typed)).verdict == .wrongCode)
        }
    }

    @Test("Three wrong numbers end a challenge; the right one comes too late (row 30)")
    func wrongNumbers() throws {
        var (simulation, device) = try Self.subject()
        let (challenge, number) = try Self.ask(&simulation, device)
        var verdicts: [Verdict] = []
        for _ in 0..<3 {
            verdicts.append(try simulation.run(device.answer(challenge, number: otherCode(than: number))).verdict)
        }
        #expect(verdicts == [.wrongCode, .wrongCode, .denied])
        #expect(try simulation.run(device.answer(challenge, number: number)).verdict == .replayed)
        #expect(simulation.state?.challenge(challenge.id)?.denialReason == .tooManyFailures)
        #expect(try simulation.verify("", .challenge(challenge.id)).verdict == .denied)
    }

    @Test("The number of another challenge approves nothing (row 30)")
    func otherNumber() throws {
        var (simulation, device) = try Self.subject()
        let second = try simulation.pairDevice(facts: .test(mayBindWithoutProof: true))
        let (challenge, number) = try Self.ask(&simulation, device)
        let other = try Self.ask(&simulation, second)
        try #require(number != other.number)
        #expect(try simulation.run(device.answer(challenge, number: other.number)).verdict == .wrongCode)
        #expect(try simulation.run(device.answer(challenge, number: number)).verdict == .accepted)
    }

    @Test("A signature counts for its own challenge, device, decision, number and all that was shown (row 32)")
    func signature() throws {
        var (simulation, device) = try Self.subject()
        let second = try simulation.pairDevice(facts: .test(mayBindWithoutProof: true))
        let (earlier, earlierNumber) = try Self.ask(&simulation, device)
        let used = device.signature(earlier, .approve, earlierNumber)
        #expect(try simulation.run(device.answer(earlier, number: earlierNumber)).verdict == .accepted)
        #expect(try simulation.run(device.answer(earlier, number: earlierNumber)).verdict == .replayed)
        let (challenge, number) = try Self.ask(&simulation, device)
        var edited: [Challenge.Display] = Array(repeating: Self.display, count: 5)
        edited[0].appName = "Bank"
        edited[1].action = "Pay 1"
        edited[2].context = ""
        edited[3].location = "Bern"
        edited[4] = Challenge.Display(
            appName: Self.display.appName + Self.display.action, action: "", context: Self.display.context,
            location: Self.display.location)
        var wrong = edited.map { device.signature(challenge, .approve, number, display: $0) }
        wrong.append(used)
        wrong.append(device.signature(challenge, .deny, number))
        wrong.append(device.signature(challenge, .approve, otherCode(than: number)))
        wrong.append(second.signature(challenge, .approve, number))
        wrong.append(TestDevice(factorID: device.factorID, name: "other").signature(challenge, .approve, number))
        let right = device.signature(challenge, .approve, number)
        for index in right.indices {
            var damaged = right
            damaged[index] ^= 1
            wrong.append(damaged)
        }
        for signature in wrong {
            #expect(throws: Refusal.signatureInvalid) {
                try simulation.run(device.answer(challenge, number: number, signature: signature))
            }
        }
        #expect(throws: Refusal.challengeNotFound) { try simulation.run(second.answer(challenge, number: number)) }
        #expect(try simulation.run(device.answer(challenge, number: number)).verdict == .accepted)
    }

    @Test("A denial is final and gives the caller DENIED")
    func deny() throws {
        var (simulation, device) = try Self.subject()
        let (challenge, number) = try Self.ask(&simulation, device)
        #expect(try simulation.run(device.answer(challenge, .deny)).verdict == .denied)
        #expect(try simulation.run(device.answer(challenge, number: number)).verdict == .replayed)
        #expect(try simulation.verify("", .challenge(challenge.id)).verdict == .denied)
        #expect(simulation.state?.challenge(challenge.id)?.denialReason == .user)
    }

    @Test("A fraud report is told in the audit and pauses push until an administrator has looked at it (row 31)")
    func fraud() throws {
        var (simulation, device) = try Self.subject()
        let (totp, credential, _) = try simulation.activate(facts: .test(mayBindWithoutProof: true))
        let (challenge, _) = try Self.ask(&simulation, device)
        #expect(try simulation.run(device.answer(challenge, .denyAsFraud)).verdict == .denied)
        #expect(simulation.events.last?.kind == .fraudReported)
        #expect(simulation.state?.challenge(challenge.id)?.denialReason == .unknownTrigger)
        #expect(try simulation.start(.factor(device.factorID)).refusal?.limit == .paused)
        #expect(try simulation.verify(simulation.code(credential), .factor(totp)).verdict == .accepted)
        let refused = try simulation.start(.factor(device.factorID))
        #expect(refused.refusal?.limit == .paused && refused.alternatives == [.backupCodes, .totp])
        _ = try simulation.run(UnlockFactor(facts: .test(mayAdminister: true), factorID: device.factorID))
        _ = try Self.ask(&simulation, device)
    }

    @Test("One challenge is outstanding at a time (row 31)")
    func outstanding() throws {
        var (simulation, device) = try Self.subject()
        _ = try Self.ask(&simulation, device)
        simulation.advance(seconds: 100)
        let refused = try simulation.start(.factor(device.factorID), facts: .test(caller: "other"))
        #expect(refused.verdict == .rateLimited && refused.refusal?.limit == .outstanding)
        #expect(refused.refusal?.retryAfterMilliseconds == 20_000)
        simulation.advance(seconds: 20)
        _ = try Self.ask(&simulation, device)
    }

    @Test("A hundred starts wake a device no more than three times, ignored, cancelled or denied (row 31)")
    func bombing() throws {
        for way in 0..<4 {
            var (simulation, device) = try Self.subject()
            var asked = 0
            for _ in 0..<100 {
                let outcome = try simulation.start(.factor(device.factorID))
                guard let challenge = outcome.challenge else { continue }
                asked += 1
                switch way {
                case 0: simulation.advance(seconds: 121)
                case 1: _ = try simulation.run(CancelChallenge(facts: .test(), challengeID: challenge.id))
                case 2: _ = try simulation.run(device.answer(challenge, .deny))
                default:
                    for _ in 0..<3 {
                        let wrong = otherCode(than: outcome.numberToMatch)
                        _ = try simulation.run(device.answer(challenge, number: wrong))
                    }
                }
            }
            #expect(asked == 3)
            #expect(try simulation.start(.kind(.push)).refusal?.limit == .paused)
        }
    }

    @Test(
        "An approval begins the count anew; another factor's proof lifts the pause, a code by e-mail does not (row 31)")
    func pause() throws {
        var (simulation, device) = try Self.subject()
        let waived = CallFacts.test(mayBindWithoutProof: true)
        let (totp, credential, _) = try simulation.activate(facts: waived)
        try simulation.activate(.email(), facts: waived)
        for _ in 0..<5 {
            for _ in 0..<2 {
                _ = try Self.ask(&simulation, device)
                simulation.advance(seconds: 121)
            }
            let (challenge, number) = try Self.ask(&simulation, device)
            #expect(try simulation.run(device.answer(challenge, number: number)).verdict == .accepted)
        }
        try Self.pause(&simulation, device)
        _ = try simulation.start(.kind(.email))
        let code = try #require(simulation.outbox.lastCode)
        #expect(try simulation.verify(code, .kind(.email)).verdict == .accepted)
        #expect(try simulation.start(.factor(device.factorID)).refusal?.limit == .paused)
        #expect(try simulation.verify(simulation.code(credential), .factor(totp)).verdict == .accepted)
        _ = try Self.ask(&simulation, device)
    }

    @Test("Typing a code proves no push, and is charged to nothing")
    func noCode() throws {
        var (simulation, device) = try Self.subject()
        #expect(try simulation.verify("123", .factor(device.factorID)).verdict == .unsupported)
        #expect(simulation.state?.factor(device.factorID)?.budget.consecutive == 0)
    }

    @Test("A device that was suspended or revoked answers nothing, and is no longer woken")
    func ended() throws {
        for revokes in [true, false] {
            var (simulation, device) = try Self.subject()
            let (challenge, number) = try Self.ask(&simulation, device)
            if revokes {
                let facts = CallFacts.test(mayAdminister: true)
                _ = try simulation.run(RevokeFactor(facts: facts, factorID: device.factorID, proof: nil))
            } else {
                _ = try simulation.run(SuspendFactor(facts: .test(), factorID: device.factorID))
            }
            #expect(!simulation.outbox.messages.contains { $0.content == .pushChallenge })
            #expect(simulation.challengeState(challenge.id) == .cancelled)
            #expect(throws: Refusal.factorNotActive(revokes ? .revoked : .suspended)) {
                try simulation.run(device.answer(challenge, number: number))
            }
            #expect(throws: Refusal.factorNotActive(revokes ? .revoked : .suspended)) {
                try simulation.verify("", .challenge(challenge.id))
            }
        }
    }

    @Test("A device learns what is pending by a request it signed, not older or newer than five minutes")
    func pendingPushes() throws {
        var (simulation, device) = try Self.subject()
        let (challenge, _) = try Self.ask(&simulation, device)
        let now = simulation.now
        func list(_ requested: Timestamp, by signer: TestDevice, named name: String = "device-1") throws -> [Challenge]
        {
            try #require(simulation.state).pendingPushes(
                device: name, factorID: device.factorID, at: requested,
                signature: signer.sign(.list(device: name, at: requested)), now: simulation.now)
        }
        for seconds: Int64 in [-300, 0, 300] {
            #expect(try list(now.adding(seconds: seconds), by: device).map(\.id) == [challenge.id])
        }
        for requested in [
            now.adding(seconds: -301), now.adding(seconds: 301), .init(milliseconds: .min), .init(milliseconds: .max),
        ] {
            #expect(throws: Refusal.requestStale) { try list(requested, by: device) }
        }
        #expect(throws: Refusal.signatureInvalid) { try list(now, by: TestDevice(factorID: device.factorID)) }
        simulation.advance(seconds: 120)
        #expect(try list(simulation.now, by: device).isEmpty)
    }

    @Test("A channel's word that it no longer knows the device stops messages, not challenges")
    func recipientGone() throws {
        var (simulation, device) = try Self.subject()
        let (challenge, number) = try Self.ask(&simulation, device)
        let message = try #require(simulation.outbox.messages.last)
        _ = try simulation.run(DeliveryRuleTests.report(message, .recipientGone))
        #expect(simulation.state?.factor(device.factorID)?.push?.token == "")
        #expect(try simulation.run(device.answer(challenge, number: number)).verdict == .accepted)
        let (next, _) = try Self.ask(&simulation, device)
        #expect(next.deliveryState == nil && simulation.outbox.messages.isEmpty)
    }

    private enum Step: Int, CaseIterable {
        case start, cancel, approve, approveWrongly, deny, report, advance, verify, unlock, other
    }

    @Test("A challenge ends in exactly one way, in any order of events (row 33)", arguments: 0..<60 as Range<UInt64>)
    func oneEnd(_ seed: UInt64) throws {
        var (simulation, device) = try Self.subject()
        var chance = SeededEntropy(seed: seed &* 7919)
        var asked: [(challenge: Challenge, number: String)] = []
        var ends: [ChallengeID: Challenge.State] = [:]
        var spent: [ChallengeID: Int] = [:]
        for _ in 0..<60 {
            let step = Step.allCases[Int(chance.next() % UInt64(Step.allCases.count))]
            let back = Int(chance.next() % 2)
            let target = asked.count > back ? asked[asked.count - 1 - back] : nil
            switch (step, target) {
            case (.start, _):
                let outcome = try simulation.start(.factor(device.factorID), display: Self.display)
                if let challenge = outcome.challenge { asked.append((challenge, outcome.numberToMatch)) }
            case (.advance, _): simulation.advance(seconds: [1, 60, 119, 121][Int(chance.next() % 4)])
            case (.unlock, _): _ = try simulation.run(UnlockFactor(facts: .test(), factorID: device.factorID))
            case (.other, _): _ = try simulation.run(PutSubject(facts: .test(), profile: Profile()))
            case (_, nil): break
            case (.cancel, let target?):
                _ = try? simulation.run(CancelChallenge(facts: .test(), challengeID: target.challenge.id))
            case (.approve, let target?):
                _ = try? simulation.run(device.answer(target.challenge, number: target.number))
            case (.approveWrongly, let target?):
                _ = try? simulation.run(device.answer(target.challenge, number: otherCode(than: target.number)))
            case (.deny, let target?): _ = try? simulation.run(device.answer(target.challenge, .deny))
            case (.report, let target?): _ = try? simulation.run(device.answer(target.challenge, .denyAsFraud))
            case (.verify, let target?):
                if (try? simulation.verify("", .challenge(target.challenge.id)).verdict) == .accepted {
                    spent[target.challenge.id, default: 0] += 1
                    #expect(ends[target.challenge.id] == .approved)
                }
            }
            let state = try #require(simulation.state)
            #expect(state.challenges.count { $0.state(at: simulation.now) == .pending } <= 1)
            for (challenge, _) in asked {
                guard let present = simulation.challengeState(challenge.id), present != .pending else { continue }
                #expect(ends[challenge.id, default: present] == present)
                ends[challenge.id] = present
            }
        }
        #expect(spent.values.allSatisfy { $0 == 1 })
        for (challenge, _) in asked {
            let winners = simulation.events.filter {
                $0.challengeID == challenge.id && [.pushAnswered, .fraudReported].contains($0.kind)
                    && [.accepted, .denied].contains($0.verdict)
            }
            #expect(winners.count == ([.approved, .denied].contains(ends[challenge.id]) ? 1 : 0))
        }
    }
}
