import Foundation
import MFADomain
import MFAMethods
import MFAProto
import MFAStore
import MFATesting
import Testing

@Suite("The main job, through the table")
struct ConversationTests {
    let test: TestService

    init() throws { test = try TestService() }

    @Test("Enroll, activate, verify, replay refused, recover with a backup code")
    func wholeConversation() async throws {
        let alice = try await test.enroll("alice")
        #expect(alice.backupCodes.count == 10)
        let accepted = try await test.verify("alice", test.code(alice.secret))
        #expect(accepted.verdict == .accepted && accepted.amr == ["otp"] && accepted.aal == .aal1)
        #expect(accepted.factorID == alice.factorID && accepted.backupCodesLeft == 10)
        #expect(try await test.verify("alice", test.code(alice.secret)).verdict == .replayed)
        let recovered = try await test.verify("alice", alice.backupCodes[0].lowercased(), kind: .backupCodes)
        #expect(recovered.verdict == .accepted && recovered.backupCodesLeft == 9)
        test.clock.advance(seconds: 301)
        #expect(try await test.verify("alice", alice.backupCodes[0], kind: .backupCodes).verdict == .wrongCode)
    }

    @Test("RFC 6238 appendix B through the service, under a clock that is set (row 1)", arguments: TOTPVectors.rfc6238)
    func vectors(seconds: Int64, algorithm: HashAlgorithm, code: String) async throws {
        try await expectAccepted(
            code, TOTPVectors.seed(algorithm), try #require(TOTPParameters(algorithm: algorithm, digits: 8)), seconds)
    }

    @Test("RFC 4226 appendix D as TOTP at T = 0…9 through the service")
    func hotpVectors() async throws {
        for (step, code) in TOTPVectors.rfc4226.enumerated() {
            try await expectAccepted(code, TOTPVectors.seed(.sha1), .standard, Int64(step) * 30)
        }
    }

    /// Secrets are the server's own, so a known one is put under a factor through the store.
    private func expectAccepted(
        _ code: String, _ secret: [UInt8], _ parameters: TOTPParameters, _ seconds: Int64
    ) async throws {
        test.clock.set(seconds: 1_700_000_010)
        let subject = "v\(seconds)-\(parameters.algorithm)-\(parameters.digits)"
        _ = try await test.enroll(subject)
        try await test.store.update(SubjectKey(tenant: "default", subject: subject)) { state in
            var state = try #require(state)
            let index = try #require(state.factors.firstIndex { $0.kind == .totp })
            state.factors[index].credential = .totp(TOTPCredential(secret: secret, parameters: parameters))
            let event = AuditEvent(kind: .factorRenamed, at: state.createdAt, caller: "test", requestID: "r")
            return Decision(effect: .init(change: .put(state), pseudonym: state.pseudonym, event: event), outcome: ())
        }
        test.clock.set(seconds: seconds)
        #expect(try await test.verify(subject, code).verdict == .accepted, "\(code) at \(seconds)")
        #expect(try await test.verify(subject, code).verdict == .replayed)
    }

    @Test("The QR code says the URI, and the URI says the secret")
    func qrCode() async throws {
        _ = try await test.call(SubjectServiceMethods.putSubject) {
            $0.tenant = "default"
            $0.subject = "u1"
            $0.accountName = "alice@example.org"
        }
        let offer = try await test.call(EnrollmentServiceMethods.startEnrollment) {
            $0.tenant = "default"
            $0.subject = "u1"
            $0.kind = .totp
        }
        let file = test.directory.file("qr.png")
        try offer.totp.qrPng.write(to: URL(fileURLWithPath: file))
        #expect(try Tool.oracles("qr", file) == offer.totp.otpauthUri + "\n")
        #expect(
            offer.totp.otpauthUri
                == "otpauth://totp/Countersign:alice%40example.org?secret=\(offer.totp.secretBase32)&issuer=Countersign"
        )
    }

    @Test("A lost answer is given again under its key: one event, one verdict (row 119)")
    func lostAnswer() async throws {
        let holder = FaultHolder()
        let test = try TestService { holder.wrap($0) }
        let alice = try await test.enroll("alice")
        holder.store?.inject(.after(.unavailable("connection lost")))
        let request = Countersign_V1_VerifyRequest.with {
            $0.tenant = "default"
            $0.subject = "alice"
            $0.kind = .totp
            $0.code = test.code(alice.secret)
            $0.idempotencyKey = "try-1"
        }
        let lost = await #expect(throws: CallStatus.self) {
            try await test.call(VerificationServiceMethods.verify, request)
        }
        #expect(lost?.code == .unavailable)
        let again = try await test.call(VerificationServiceMethods.verify, request)
        #expect(again.verdict == .accepted)
        #expect(try await test.call(VerificationServiceMethods.verify, request) == again)
        var other = request
        other.code = "000000"
        let reused = await #expect(throws: CallStatus.self) {
            try await test.call(VerificationServiceMethods.verify, other)
        }
        #expect(reused?.code == .alreadyExists)
        #expect(try await test.verify("alice", request.code).verdict == .replayed)
        let events = try await test.call(AuditServiceMethods.listEvents) { $0.tenant = "default" }.events
        #expect(events.count { $0.type == .verification } == 2)
    }

    @Test("No answer without its record: when the store cannot write, there is no success (row 124)")
    func noAnswerWithoutRecord() async throws {
        let holder = FaultHolder()
        let test = try TestService { holder.wrap($0) }
        let alice = try await test.enroll("alice")
        holder.store?.inject(.before(.unavailable("disk full")))
        await #expect(throws: CallStatus.self) { try await test.verify("alice", test.code(alice.secret)) }
        #expect(try await test.verify("alice", test.code(alice.secret)).verdict == .accepted)
    }

    @Test("A callers' `conceal` hides unknown, locked, replayed and wrong behind one answer")
    func conceal() async throws {
        let quiet = Caller.test(conceal: true)
        let alice = try await test.enroll("alice")
        let wrong = Countersign_V1_VerifyResponse.with { $0.verdict = .wrongCode }
        #expect(try await test.verify("nobody", "123456", as: quiet) == wrong)
        #expect(try await test.verify("alice", "nonsense", as: quiet) == wrong)
        for factor in ["no id at all", String(repeating: "ab", count: 16)] {
            let answer = try await test.call(VerificationServiceMethods.verify, as: quiet) {
                $0.tenant = "default"
                $0.subject = "alice"
                $0.factorID = factor
                $0.code = "123456"
            }
            #expect(answer == wrong)
        }
        let code = test.code(alice.secret)
        #expect(try await test.verify("alice", code, as: quiet).verdict == .accepted)
        #expect(try await test.verify("alice", code, as: quiet) == wrong)
        for _ in 0..<10 { #expect(try await test.verify("alice", "nonsense", as: quiet) == wrong) }
        #expect(try await test.verify("alice", test.code(alice.secret, stepsAhead: 1), as: quiet) == wrong)
    }

    @Test("Subjects and events are paged by key and cursor")
    func paging() async throws {
        for number in 0..<12 { _ = try await test.enroll("s\(String(format: "%02d", number))") }
        var listed: [String] = []
        var token = ""
        repeat {
            let page = try await test.call(SubjectServiceMethods.listSubjects) {
                $0.tenant = "default"
                $0.pageSize = 5
                $0.pageToken = token
            }
            listed += page.subjects.map(\.subject)
            token = page.nextPageToken
        } while !token.isEmpty
        #expect(listed.count == 12 && listed == listed.sorted())
        let subject = try await test.call(SubjectServiceMethods.getSubject) {
            $0.tenant = "default"
            $0.subject = "s03"
        }.subject
        let own = try await test.call(AuditServiceMethods.listEvents) {
            $0.tenant = "default"
            $0.subject = "s03"
        }
        #expect(own.events.map(\.type) == [.enrollmentStarted, .activation])
        #expect(own.events.allSatisfy { $0.pseudonym == subject.pseudonym })
        let rest = try await test.call(AuditServiceMethods.listEvents) {
            $0.tenant = "default"
            $0.after = own.nextCursor
        }
        #expect(rest.events.isEmpty && rest.nextCursor == own.nextCursor)
    }

    @Test("Erased: unknown afterwards, its addresses and secrets nowhere, the audit whole (row 131)")
    func erase() async throws {
        _ = try await test.enroll("alice")
        let erased = try await test.call(SubjectServiceMethods.eraseSubject) {
            $0.tenant = "default"
            $0.subject = "alice"
        }
        #expect(erased.erased)
        let unknown = await #expect(throws: CallStatus.self) { try await test.verify("alice", "123456") }
        #expect(unknown?.reason == "SUBJECT_NOT_FOUND")
        let again = try await test.call(SubjectServiceMethods.eraseSubject) {
            $0.tenant = "default"
            $0.subject = "alice"
        }
        #expect(!again.erased)
        let events = try await test.call(AuditServiceMethods.listEvents) { $0.tenant = "default" }.events
        #expect(events.map(\.type) == [.enrollmentStarted, .activation, .subjectErased])
        #expect(events.map(\.subjectVersion) == [1, 2, 3])
    }
}

/// Keeps hold of the decorator that a `TestService` is made with.
final class FaultHolder {
    private(set) var store: FaultyStore?

    func wrap(_ store: any Store) -> any Store {
        let faulty = FaultyStore(store)
        self.store = faulty
        return faulty
    }
}
