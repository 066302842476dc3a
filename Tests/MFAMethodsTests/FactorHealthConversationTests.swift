import MFADomain
import MFAMethods
import MFAProto
import MFAService
import MFATesting
import Testing

@Suite("Factor health, through the table")
struct FactorHealthConversationTests {
    /// All pages, and how many subjects each looked at.
    private static func list(
        _ test: TestService, _ findings: [Countersign_V1_FactorFinding] = [], pageSize: UInt32 = 0,
        unusedDays: UInt32 = 0
    ) async throws -> (subjects: [Countersign_V1_FactorHealth], lookedAt: [UInt32]) {
        var subjects: [Countersign_V1_FactorHealth] = []
        var lookedAt: [UInt32] = []
        var token = ""
        repeat {
            let page = try await test.call(SubjectServiceMethods.listFactorHealth) {
                $0.tenant = "default"
                $0.findings = findings
                $0.pageSize = pageSize
                $0.unusedDays = unusedDays
                $0.pageToken = token
            }
            subjects += page.subjects
            lookedAt.append(page.lookedAt)
            token = page.nextPageToken
        } while !token.isEmpty
        return (subjects, lookedAt)
    }

    @Test("Whose factors want attention is listed with what was found; who is well is not")
    func findings() async throws {
        let test = try TestService()
        _ = try await test.call(SubjectServiceMethods.putSubject) {
            ($0.tenant, $0.subject, $0.kind) = ("default", "robot", .serviceAccount)
        }
        let locked = try await test.enroll("locked")
        for _ in 0..<10 { _ = try await test.verify("locked", "000000") }
        let single = try await test.enroll("single")
        let well = try await test.enroll("well")
        _ = try await test.enroll("well", proof: well.verificationID)
        let (all, lookedAt) = try await Self.list(test)
        #expect(all.map(\.subject) == ["locked", "robot", "single"] && lookedAt == [4])
        #expect(all[0].findings == [.singleFactor, .lockedFactor])
        #expect(all[0].ailing.map(\.factorID) == [locked.factorID] && all[0].ailing[0].locked)
        #expect(all[1].findings == [.noFactor] && all[1].kind == .serviceAccount)
        #expect(all[2].findings == [.singleFactor] && all[2].factors == 1 && all[2].backupCodesLeft == 10)
        #expect(try await Self.list(test, [.lockedFactor, .noFactor]).subjects.map(\.subject) == ["locked", "robot"])
        test.clock.advance(seconds: 7 * 86_400)
        let unused = try await Self.list(test, [.unusedFactor], unusedDays: 7).subjects
        #expect(unused.map(\.subject) == ["locked", "single", "well"] && unused[2].ailing.count == 2)
        #expect(unused[1].ailing.map(\.factorID) == [single.factorID] && unused[1].ailing[0].neverUsed)
        #expect(try await Self.list(test, [.unusedFactor]).subjects.isEmpty)
    }

    @Test("Where the policy makes no backup codes, nobody lacks them")
    func withoutBackupCodes() async throws {
        var settings = TestService.settingsWithoutDelays
        var recovery = RecoveryRules()
        recovery.backupCodeCount = 0
        settings.domain.policy = Policy(version: "none", recovery: recovery)
        let test = try TestService(settings: settings)
        _ = try await test.enroll("alice")
        #expect(try await Self.list(test).subjects.map(\.findings) == [[.singleFactor]])
    }

    @Test("A page is bounded in what it looks at too; one that found nothing says where to go on")
    func bounded() async throws {
        let test = try TestService()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<2_300 {
                group.addTask {
                    let key = SubjectKey(tenant: "default", subject: "s\(10_000 + number)")
                    _ = try await test.service.perform(PutSubject(facts: .test(), profile: Profile()), on: key)
                }
            }
            try await group.waitForAll()
        }
        let none = try await Self.list(test, [.lockedFactor])
        #expect(none.subjects.isEmpty && none.lookedAt == [2_000, 300])
        let all = try await Self.list(test, pageSize: 500)
        #expect(all.subjects.count == 2_300 && Set(all.subjects.map(\.subject)).count == 2_300)
        #expect(all.lookedAt == [500, 500, 500, 500, 300])
    }

    @Test("What is no finding and days beyond ten years are refused")
    func refusals() async throws {
        let test = try TestService()
        for findings in [[.unspecified], [.UNRECOGNIZED(7)], Array(repeating: .noFactor, count: 17)]
            as [[Countersign_V1_FactorFinding]]
        {
            await #expect(throws: CallStatus.self) { try await Self.list(test, findings) }
        }
        await #expect(throws: CallStatus.self) { try await Self.list(test, unusedDays: 3_651) }
        await #expect(throws: CallStatus.self) { try await Self.list(test, pageSize: 501) }
    }
}
