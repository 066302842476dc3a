import MFADomain
import MFAMethods
import MFAProto
import MFATesting
import Testing

@Suite("A recovery over the table")
struct RecoveryConversationTests {
    private let test: TestService

    init() throws { test = try TestService() }

    private func complete(
        _ subject: String, _ code: String, as caller: Caller = .test()
    ) async throws -> Countersign_V1_CompleteRecoveryResponse {
        try await test.call(RecoveryServiceMethods.completeRecovery, as: caller) {
            $0.tenant = "default"
            $0.subject = subject
            $0.code = code
        }
    }

    @Test("Two operators, a code, a new factor; the old one is gone")
    func whole() async throws {
        let alice = try await test.enroll("alice")
        let approval = try await test.approveRecovery(of: "alice")
        #expect(approval.verdict == .accepted && approval.recovery.state == .approved)
        #expect(approval.recovery.startedBy == "olga" && approval.recovery.approvedBy == "otto")
        let redeemed = try await complete("alice", approval.recoveryCode)
        #expect(redeemed.verdict == .accepted && redeemed.recovery.state == .redeemed)
        let fresh = try await test.enroll("alice", proof: redeemed.verificationID)
        #expect(fresh.backupCodes.count == 10)
        let shown = try await test.call(RecoveryServiceMethods.getRecovery) {
            $0.tenant = "default"
            $0.subject = "alice"
        }.recovery
        #expect(shown.state == .completed && shown.factorID == fresh.factorID && shown.evidence == "HD-1")
        #expect(try await test.verify("alice", test.code(fresh.secret)).verdict == .accepted)
        test.clock.advance(seconds: 30)
        #expect(try await test.verify("alice", test.code(alice.secret)).verdict == .wrongCode)
        let events = try await test.call(AuditServiceMethods.listEvents) {
            $0.tenant = "default"
            $0.subject = "alice"
        }.events
        let acts = events.filter { $0.hasRecovery }
        #expect(acts.map(\.recovery.state) == [.pendingApproval, .approved, .redeemed, .completed])
        #expect(acts.map(\.recovery.operator) == ["olga", "otto", "", ""])
    }

    @Test("To a concealing caller a wrong code, no recovery and nobody look alike (row 68)")
    func concealed() async throws {
        _ = try await test.enroll("alice")
        _ = try await test.approveRecovery(of: "alice")
        _ = try await test.enroll("bob")
        let caller = Caller.test(conceal: true)
        var answers: [Countersign_V1_CompleteRecoveryResponse] = []
        for subject in ["alice", "bob", "nobody"] {
            answers.append(try await complete(subject, "0000-0000-0000-0000", as: caller))
        }
        #expect(answers.allSatisfy { $0 == answers[0] } && answers[0].verdict == .wrongCode)
    }

    @Test("Starting does not approve, and approving needs `return-code` to see the code (row 75)")
    func scopes() async throws {
        _ = try await test.enroll("alice")
        let desk = Caller.test(scopes: [.recover])
        let started = try await test.call(RecoveryServiceMethods.startRecovery, as: desk) {
            $0.tenant = "default"
            $0.subject = "alice"
            $0.operator = "olga"
            $0.reason = "lost"
            $0.evidence = "HD-1"
        }
        func approve(_ scopes: Set<Scope>) async throws -> Countersign_V1_ApproveRecoveryResponse {
            try await test.call(RecoveryServiceMethods.approveRecovery, as: .test(scopes: scopes)) {
                $0.tenant = "default"
                $0.subject = "alice"
                $0.recoveryID = started.recovery.recoveryID
                $0.operator = "otto"
                $0.delivery = .returnCode
            }
        }
        for scopes: Set<Scope> in [[.recover], [.approveRecovery]] {
            await #expect { try await approve(scopes) } throws: { ($0 as? CallStatus)?.reason == "SCOPE_MISSING" }
        }
        #expect(try await !approve([.approveRecovery, .returnCode]).recoveryCode.isEmpty)
    }
}
