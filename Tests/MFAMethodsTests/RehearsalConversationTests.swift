import Foundation
import MFADomain
import MFAMethods
import MFAProto
import MFAStore
import MFATesting
import Testing

@Suite("Rehearsals, through the table")
struct RehearsalConversationTests {
    static let operating = Caller.test(tenants: .all, scopes: [.administer])

    static func policy(_ rules: String) -> String { "mfa_enforcement:\n  \(rules)\n" }

    @Test("Everybody is asked under both policies, what was recorded too; nothing is written")
    func wholeConversation() async throws {
        let test = try TestService()
        for (subject, groups, isMachine) in [
            ("alice", ["staff"], false), ("bob", ["staff", "admins"], false), ("robot", ["admins"], true),
        ] {
            _ = try await test.call(SubjectServiceMethods.putSubject) {
                ($0.tenant, $0.subject, $0.groups) = ("default", subject, groups)
                $0.kind = isMachine ? .serviceAccount : .human
            }
        }
        _ = try await test.enroll("alice")
        for _ in 0..<3 {
            _ = try await test.call(PolicyServiceMethods.evaluate, as: .test(scopes: [.evaluate])) {
                ($0.tenant, $0.subject, $0.action, $0.sensitivity) = ("default", "alice", "pay", .ordinary)
            }
        }
        let before = try await test.store.listEvents(tenant: "default", after: .beginning, limit: 500, pseudonym: nil)
        let answer = try await test.rehearse(Self.policy("risk_based_prompting: [new_device: deny]"))
        #expect(answer.state == .done && answer.subjectsTotal == 3 && answer.subjectsDone == 3)
        #expect(answer.evaluationsFound == 3 && answer.evaluationsLeftOut == 0 && answer.eventsSearched == 8)
        #expect(answer.policyVersion == "default" && answer.proposedVersion.count == 12)
        #expect(answer.newlyDenied == ["alice", "bob"])
        #expect(answer.totals.map(\.population) == [.people, .administrators, .serviceAccounts])
        #expect(answer.totals.map(\.subjects) == [1, 1, 1])
        #expect(answer.totals.map(\.changed.deny) == [1, 1, 0])
        let recorded = answer.bySituation.filter { $0.situation == .recorded }
        #expect(recorded.count == 1 && recorded.first?.changed.deny == 1 && recorded.first?.inForce.prompt == 1)
        #expect(answer.evaluations.subjects == 3 && answer.evaluations.changed.deny == 3)
        #expect(answer.byGroup.map(\.group) == ["staff", "admins"])
        #expect(answer.byReason.contains { $0.reason == .serviceAccountExcluded && $0.subjects == 1 })
        let after = try await test.store.listEvents(tenant: "default", after: .beginning, limit: 500, pseudonym: nil)
        #expect(before == after)
    }

    @Test("A policy that is refused is refused with line and column, whatever is sent; nothing begins")
    func refusedPolicy() async throws {
        let test = try TestService()
        for (text, expected) in [
            ("mfa_enforcement:\n  grace_period: soon\n", "2:17: mfa_enforcement.grace_period: "),
            ("", "1:1: says nothing"),
            ("[", "2:1: is not YAML"), ("mfa_enforcement: {x: &a 1}", "1:22: has an anchor"),
            (String(repeating: "#", count: 65_537), "1:1: is larger"), (String(repeating: "[", count: 9_000), "nested"),
        ] {
            let error = await #expect(throws: CallStatus.self) { try await test.rehearse(text) }
            #expect(error?.code == .invalidArgument && error?.fieldViolations.map(\.field) == ["policy"])
            #expect(error?.message.contains(expected) == true, "\(error?.message ?? "")")
        }
        let many = await #expect(throws: CallStatus.self) {
            try await test.call(PolicyServiceMethods.startRehearsal, as: Self.operating) {
                ($0.tenant, $0.policy, $0.maxEvents) = ("default", Self.policy("all_users: true"), 500_001)
            }
        }
        #expect(many?.fieldViolations.map(\.field) == ["max_events"])
    }

    @Test("One of a tenant, and two in all, run at once; what ends makes room, and is its tenant's alone")
    func atOnce() async throws {
        let holder = StoreHolder()
        let test = try TestService { holder.put($0) }
        let store = try #require(holder.store)
        store.holdScans()
        let first = try await test.begin("a")
        _ = try await test.begin("b")
        for tenant in ["a", "b", "c"] {
            let error = await #expect(throws: CallStatus.self) { try await test.begin(tenant) }
            #expect(error?.code == .resourceExhausted && error?.reason == "TOO_MANY_REHEARSALS")
        }
        let running = try await test.look(first, "a", waitMilliseconds: 20)
        #expect(running.state == .running && running.totals.isEmpty)
        store.releaseScans()
        #expect(try await test.look(first, "a").state == .done)
        let error = await #expect(throws: CallStatus.self) { try await test.look(first, "b") }
        #expect(error?.code == .notFound && error?.reason == "REHEARSAL_NOT_FOUND")
        #expect(try await test.look(try await test.begin("a"), "a").state == .done)
        test.clock.advance(seconds: 3_601)
        await #expect(throws: CallStatus.self) { try await test.look(first, "a") }
    }

    @Test("The end of the service ends them, answers those who wait, and lets none begin")
    func stopping() async throws {
        let holder = StoreHolder()
        let test = try TestService { holder.put($0) }
        try #require(holder.store).holdScans()
        let id = try await test.begin("a")
        async let waiting = test.look(id, "a")
        try await Task.sleep(for: .milliseconds(20))
        await test.service.stop()
        #expect(try await waiting.state == .cancelled)
        let error = await #expect(throws: CallStatus.self) { try await test.begin("b") }
        #expect(error?.code == .unavailable)
    }

    @Test("An explanation is Evaluate's answer with what it follows from, and leaves no trace")
    func explanation() async throws {
        let test = try TestService()
        let alice = try await test.enroll("alice")
        let caller = Caller.test(scopes: [.administer, .assertDevice, .assertNetwork, .assertRisk])
        let before = try await test.service.subject(SubjectKey(tenant: "default", subject: "alice"))
        func explain(as caller: Caller) async throws -> Countersign_V1_ExplainEvaluationResponse {
            try await test.call(PolicyServiceMethods.explainEvaluation, as: caller) {
                ($0.tenant, $0.subject, $0.action, $0.sensitivity) = ("default", "alice", "sign_in", .ordinary)
                $0.signals = .with {
                    $0.deviceFingerprint = "laptop"
                    $0.riskScore = 20
                }
                $0.verificationID = alice.verificationID
            }
        }
        let found = try await explain(as: caller)
        #expect(found.answer.requirement == .allow && found.answer.reasons.last == .verified)
        #expect(found.device == .new && !found.locationKnown && found.riskScore == 20 && found.verificationFound)
        #expect(found.usable == [.totp, .backupCodes] && found.unusable.isEmpty && found.subjectKind == .human)
        #expect(found.rules.obliged && found.rules.gracePeriodSeconds == 30 * 86_400 && found.rules.overrides.isEmpty)
        #expect(found.rules.responses.map(\.response) == [.prompt, .prompt, .require])
        let doubted = try await explain(as: .test(scopes: [.administer]))
        #expect(doubted.answer.reasons.contains(.signalNotPermitted) && doubted.riskScore == 0)
        #expect(try await test.service.subject(SubjectKey(tenant: "default", subject: "alice")) == before)
    }
}

/// Keeps the store that a service was made with.
private final class StoreHolder {
    private(set) var store: FaultyStore?

    func put(_ store: any Store) -> FaultyStore {
        let faulty = FaultyStore(store)
        self.store = faulty
        return faulty
    }
}

extension TestService {
    fileprivate func begin(
        _ tenant: String, _ policy: String = RehearsalConversationTests.policy("all_users: true")
    ) async throws -> String {
        try await call(PolicyServiceMethods.startRehearsal, as: RehearsalConversationTests.operating) {
            ($0.tenant, $0.policy) = (tenant, policy)
        }.rehearsal.rehearsalID
    }

    fileprivate func look(
        _ id: String, _ tenant: String, waitMilliseconds: Int64 = 60_000
    ) async throws -> Countersign_V1_Rehearsal {
        try await call(PolicyServiceMethods.getRehearsal, as: RehearsalConversationTests.operating) {
            ($0.tenant, $0.rehearsalID, $0.waitMs) = (tenant, id, waitMilliseconds)
        }.rehearsal
    }

    fileprivate func rehearse(_ policy: String) async throws -> Countersign_V1_Rehearsal {
        try await look(try await begin("default", policy), "default")
    }
}
