import MFADomain
import MFATesting
import Testing

@Suite("Challenges")
struct ChallengeRuleTests {
    private func key(_ key: String) -> IdempotencyKey {
        IdempotencyKey(caller: "backend", key: key, method: "StartChallenge", body: [])
    }

    @Test("To another caller a challenge does not exist (row 20)")
    func callerBinding() throws {
        var (simulation, id) = try OutOfBandRuleTests.subject()
        let challenge = try #require(try simulation.start(.factor(id)).challenge)
        let code = try #require(simulation.outbox.lastCode)
        let other = CallFacts.test(caller: "other")
        #expect(throws: Refusal.challengeNotFound) {
            try simulation.verify(code, .challenge(challenge.id), facts: other)
        }
        #expect(throws: Refusal.challengeNotFound) {
            try simulation.run(CancelChallenge(facts: other, challengeID: challenge.id))
        }
        #expect(throws: Refusal.challengeNotFound) { try simulation.start(.resend(challenge.id), facts: other) }
        #expect(try simulation.verify(code, .factor(id), facts: other).verdict == .wrongCode)
        #expect(try simulation.verify(code, .kind(.sms), facts: other).verdict == .wrongCode)
        #expect(try simulation.verify(code, .challenge(challenge.id)).verdict == .accepted)
    }

    @Test("Another caller that asks for a pending factor's code replaces the challenge and never sees it (row 20)")
    func callerBindingWhilePending() throws {
        var simulation = Simulation(settings: .sendingWithoutRations)
        let offer = try simulation.enroll(.phone())
        let first = try #require(offer.challenge)
        let other = CallFacts.test(caller: "other")
        let outcome = try simulation.start(.factor(offer.id), .returnCode, facts: other)
        let second = try #require(outcome.challenge)
        #expect(second.id != first.id && second.caller == "other")
        #expect(simulation.challengeState(first.id) == .cancelled)
        #expect(
            try simulation.run(ActivateFactor(facts: .test(), factorID: offer.id, code: outcome.code)).verdict
                == .wrongCode, "a code is bound to the caller that asked for it")
        #expect(
            try simulation.run(ActivateFactor(facts: other, factorID: offer.id, code: outcome.code)).verdict
                == .accepted)
    }

    @Test("Unknown challenges, and those of another subject, are not found")
    func unknown() throws {
        var (simulation, _) = try OutOfBandRuleTests.subject()
        var entropy = SeededEntropy(seed: 77)
        let id = ChallengeID(entropy: &entropy)
        #expect(throws: Refusal.challengeNotFound) { try simulation.verify("123456", .challenge(id)) }
        #expect(throws: Refusal.challengeNotFound) { try simulation.start(.resend(id)) }
        #expect(throws: Refusal.challengeNotFound) {
            try simulation.run(CancelChallenge(facts: .test(), challengeID: id))
        }
    }

    @Test("A cancelled challenge accepts nothing and is not sent again; cancelling twice changes nothing")
    func cancel() throws {
        var (simulation, id) = try OutOfBandRuleTests.subject()
        let challenge = try #require(try simulation.start(.factor(id)).challenge)
        let code = try #require(simulation.outbox.lastCode)
        #expect(
            try simulation.run(CancelChallenge(facts: .test(), challengeID: challenge.id)).storedState == .cancelled)
        let events = simulation.events.count
        _ = try simulation.run(CancelChallenge(facts: .test(), challengeID: challenge.id))
        #expect(simulation.events.count == events)
        #expect(try simulation.verify(code, .challenge(challenge.id)).verdict == .cancelled)
        #expect(throws: Refusal.challengeEnded) { try simulation.start(.resend(challenge.id)) }
        #expect(simulation.state?.challenge(challenge.id)?.code == "", "the code is gone")
    }

    @Test("An answered challenge stays answered when it is cancelled late (row 33)")
    func cancelLate() throws {
        var (simulation, id) = try OutOfBandRuleTests.subject()
        let challenge = try #require(try simulation.start(.factor(id)).challenge)
        _ = try simulation.verify(try #require(simulation.outbox.lastCode), .challenge(challenge.id))
        #expect(
            try simulation.run(CancelChallenge(facts: .test(), challengeID: challenge.id)).storedState == .approved)
    }

    @Test("A retry gets the same challenge and the same code for ten minutes, and nothing is sent twice (row 119)")
    func retries() throws {
        var (simulation, id) = try OutOfBandRuleTests.subject()
        let facts = CallFacts.test(key: key("a"))
        let first = try simulation.start(.factor(id), .returnCode, facts: facts)
        simulation.advance(seconds: 60)
        let again = try simulation.start(.factor(id), .returnCode, facts: facts)
        #expect(again.code == first.code && again.challenge == first.challenge && !first.code.isEmpty)
        #expect(again.sendsLeft == first.sendsLeft && again.resendAfterMilliseconds == first.resendAfterMilliseconds)
        simulation.advance(seconds: 541)
        #expect(throws: Refusal.idempotentAnswerGone) {
            try simulation.start(.factor(id), .returnCode, facts: facts)
        }
        let sent = try simulation.start(.factor(id), facts: .test(key: key("b")))
        let messages = simulation.outbox.messages
        let resent = try simulation.start(.factor(id), facts: .test(key: key("b")))
        #expect(sent.challenge == resent.challenge && simulation.outbox.messages == messages)
        #expect(simulation.budgets.total(.address, windowSeconds: 600) == 3, "enrolling, returning, sending")
    }

    @Test("A retry of a refused send is refused alike, and counts nothing")
    func retryOfRefusal() throws {
        var (simulation, id) = try OutOfBandRuleTests.subject()
        _ = try simulation.start(.factor(id))
        let refused = try simulation.start(.factor(id), facts: .test(key: key("a")))
        let events = simulation.events.count
        let again = try simulation.start(.factor(id), facts: .test(key: key("a")))
        #expect(refused.verdict == .rateLimited && again.refusal == refused.refusal && again.verdict == .rateLimited)
        #expect(simulation.events.count == events)
    }

    @Test("A retry of StartEnrollment by SMS gets the same factor, and nothing is sent twice")
    func enrollmentRetry() throws {
        var simulation = Simulation(settings: .sendingSMS)
        let first = try simulation.enroll(.phone(), facts: .test(key: key("a")))
        let again = try simulation.enroll(.phone(), facts: .test(key: key("a")))
        #expect(first.factor == again.factor && first.challenge == again.challenge)
        #expect(simulation.outbox.messages.count == 1)
    }

    @Test("The state keeps every open challenge and few that ended, and forgets those in time")
    func bounded() throws {
        var (simulation, id) = try OutOfBandRuleTests.subject(.sendingWithoutRations)
        let push = try simulation.pairDevice(facts: .test(mayBindWithoutProof: true))
        _ = try simulation.start(.factor(push.factorID))
        for _ in 0..<50 {
            _ = try simulation.start(.factor(id))
            let challenges = try #require(simulation.state).challenges
            #expect(challenges.count { $0.storedState == .pending } <= 2)
            #expect(challenges.count { $0.storedState != .pending } <= 4)
            simulation.advance(seconds: 1)
        }
        simulation.advance(seconds: 901)
        _ = try simulation.run(PutSubject(facts: .test(), profile: Profile()))
        #expect(simulation.state?.challenges.isEmpty == true)
    }

    @Test("An erased subject's challenges end, and answer nothing")
    func erase() throws {
        var (simulation, id) = try OutOfBandRuleTests.subject()
        let challenge = try #require(try simulation.start(.factor(id)).challenge)
        _ = try simulation.run(EraseSubject(facts: .test(mayAdminister: true)))
        #expect(simulation.state == nil && simulation.outbox.messages.isEmpty)
        #expect(simulation.endedChallenges.last == challenge.id)
        #expect(throws: Refusal.subjectNotFound) { try simulation.verify(challenge.code, .challenge(challenge.id)) }
    }

    @Test("A decision names the challenges that it ended, for those who wait for them")
    func endedChallenges() throws {
        var (simulation, id) = try OutOfBandRuleTests.subject(.sendingWithoutRations)
        let first = try #require(try simulation.start(.factor(id)).challenge)
        let second = try #require(try simulation.start(.factor(id)).challenge)
        #expect(simulation.endedChallenges.last == first.id)
        _ = try simulation.verify(second.code, .challenge(second.id))
        #expect(simulation.endedChallenges.last == second.id)
        let third = try #require(try simulation.start(.factor(id)).challenge)
        _ = try simulation.run(SuspendFactor(facts: .test(), factorID: id))
        #expect(simulation.endedChallenges.last == third.id)
        #expect(simulation.challengeState(third.id) == .cancelled)
    }

    @Test("A kind that is sent nothing has no challenge")
    func nothingToSend() throws {
        var simulation = Simulation()
        let (id, _, _) = try simulation.activate()
        for kind in [FactorKind.totp, .hotp, .backupCodes] {
            #expect(throws: Refusal.nothingToSend(kind)) { try simulation.start(.kind(kind)) }
        }
        #expect(throws: Refusal.nothingToSend(.totp)) { try simulation.start(.factor(id)) }
        #expect(throws: Refusal.noActiveFactor(.sms)) { try simulation.start(.kind(.sms)) }
    }

    /// What the property below does next.
    private enum Step: Int, CaseIterable {
        case start, startOther, returnCode, resend, guess, verify, cancel, advance, suspend, replay
    }

    @Test(
        "At most one code counts, only it is on its way, and only success forgets failures, in any order (rows 20, 21, 28)",
        arguments: 0..<40 as Range<UInt64>)
    func anyInterleaving(_ seed: UInt64) throws {
        var (simulation, id) = try OutOfBandRuleTests.subject(.sendingWithoutRations)
        simulation.settings.maxConsecutiveFailures = 40
        var chance = SeededEntropy(seed: seed)
        let callers = ["backend", "other"]
        var issued: [(challenge: ChallengeID, caller: String, code: String)] = []
        var failures: [ChallengeID: Int] = [:]
        var consecutive = 0
        for _ in 0..<60 {
            let step = Step.allCases[Int(chance.next() % UInt64(Step.allCases.count))]
            let last = issued.last
            var succeeded = false
            switch step {
            case .start, .startOther, .returnCode:
                let facts = CallFacts.test(caller: step == .startOther ? "other" : "backend")
                _ = try simulation.start(
                    .factor(id), step == .returnCode ? .returnCode : .send(locale: ""), facts: facts)
            case .resend:
                if let last { _ = try? simulation.start(.resend(last.challenge), facts: .test(caller: last.caller)) }
            case .guess:
                if let last {
                    let facts = CallFacts.test(caller: last.caller)
                    _ = try? simulation.verify(otherCode(than: last.code), .challenge(last.challenge), facts: facts)
                }
            case .verify, .replay:
                let any = step == .verify ? last : issued.first
                if let any {
                    let facts = CallFacts.test(caller: any.caller)
                    succeeded = (try? simulation.verify(any.code, .factor(id), facts: facts).verdict) == .accepted
                }
            case .cancel:
                if let last {
                    _ = try? simulation.run(
                        CancelChallenge(facts: .test(caller: last.caller), challengeID: last.challenge))
                }
            case .advance:
                simulation.advance(seconds: [1, 31, 150, 301, -5][Int(chance.next() % 5)])
            case .suspend:
                _ = try simulation.run(SuspendFactor(facts: .test(), factorID: id))
                _ = try simulation.run(ResumeFactor(facts: .test(mayAdminister: true), factorID: id, proof: nil))
            }
            let state = try #require(simulation.state)
            for challenge in state.challenges where challenge.kind == .sms && !challenge.code.isEmpty {
                if !issued.contains(where: { $0.challenge == challenge.id && $0.code == challenge.code }) {
                    issued.append((challenge.id, challenge.caller, challenge.code))
                }
            }
            var accepted: Set<String> = []
            for known in issued {
                for caller in callers {
                    for target in [Verify.Target.challenge(known.challenge), .factor(id), .kind(.sms)] {
                        var trial = simulation
                        let facts = CallFacts.test(caller: caller)
                        if (try? trial.verify(known.code, target, facts: facts).verdict) == .accepted {
                            accepted.insert(known.code)
                        }
                    }
                }
            }
            #expect(accepted.count <= 1)
            let open = state.challenges.filter { $0.storedState == .pending }
            #expect(open.count <= 1)
            let carried = simulation.outbox.messages.compactMap { message -> String? in
                if case .code(let code) = message.content { code } else { nil }
            }
            #expect(carried.count <= 1 && carried.allSatisfy { $0 == open.first?.code })
            let now = try #require(state.factor(id)).budget.consecutive
            #expect(succeeded ? now == 0 : now >= consecutive)
            consecutive = now
            for challenge in state.challenges {
                #expect(challenge.failures >= failures[challenge.id, default: 0])
                failures[challenge.id] = challenge.failures
            }
        }
    }
}
