import Foundation
import MFADomain
import MFAMethods
import MFAProto
import MFATesting
import Testing

@Suite("Codes by SMS and e-mail, through the table")
struct SendingConversationTests {
    let test: TestService

    init() throws {
        test = try TestService(settings: TestService.settingsForSending)
    }

    @Test("A code that was sent signs in once, and its address is never shown")
    func signsIn() async throws {
        _ = try await test.enrollAddress("alice", .sms, "+41 79 123 45 67")
        let started = try await test.startChallenge("alice", .sms)
        #expect(started.challenge.maskedAddress == "+*********67" && started.code.isEmpty)
        let code = try await test.takeCode(.sms)
        let id = started.challenge.challengeID
        let accepted = try await test.verify("alice", challenge: id, code: code)
        #expect(accepted.verdict == .accepted && accepted.restricted && accepted.amr == ["sms"])
        #expect(try await test.verify("alice", challenge: id, code: code).verdict == .replayed)
        #expect(try await test.verify("alice", code, kind: .sms).verdict == .replayed)
    }

    @Test("Another caller does not see the challenge (row 20)")
    func callers() async throws {
        _ = try await test.enrollAddress("alice", .sms, "+41791234567")
        let started = try await test.startChallenge("alice", .sms)
        let code = try await test.takeCode(.sms)
        let other = Caller(name: "other", tenants: .only(["default"]), scopes: [.verify])
        let refused = await #expect(throws: CallStatus.self) {
            try await test.verify("alice", challenge: started.challenge.challengeID, code: code, as: other)
        }
        #expect(refused?.reason == "CHALLENGE_NOT_FOUND")
        #expect(try await test.verify("alice", code, kind: .sms, as: other).verdict == .wrongCode)
        #expect(
            try await test.verify("alice", challenge: started.challenge.challengeID, code: code).verdict == .accepted)
    }

    @Test("A code is returned only to a caller that holds the scope for it")
    func returnCode() async throws {
        let scopes: Set<Scope> = [.enroll, .verify]
        func start(_ scopes: Set<Scope>) async throws -> Countersign_V1_StartEnrollmentResponse {
            try await test.call(EnrollmentServiceMethods.startEnrollment, as: .test(scopes: scopes)) {
                $0.tenant = "default"
                $0.subject = "alice"
                $0.kind = .email
                $0.address = "alice@example.org"
                $0.delivery = .returnCode
            }
        }
        let refused = await #expect(throws: CallStatus.self) { try await start(scopes) }
        #expect(refused?.code == .permissionDenied)
        let offer = try await start(scopes.union([.returnCode]))
        #expect(offer.code.count == 6)
        #expect(try await test.takeMessages(.email).isEmpty)
    }

    @Test(
        "What is no mobile number of a listed country costs nothing (row 24)",
        arguments: [
            "+41900123456", "+41800123456", "+4179123456", "+00417912345", "+４１791234567",
            "+41791234567;ext=5", "0791234567", "+1 900 555 0199", "", "+", "+41 79 123 45 67 890",
        ])
    func numbers(_ number: String) async throws {
        let refused = await #expect(throws: CallStatus.self) {
            try await test.call(EnrollmentServiceMethods.startEnrollment) {
                $0.tenant = "default"
                $0.subject = "alice"
                $0.kind = .sms
                $0.address = number
            }
        }
        #expect(refused?.fieldViolations.map(\.field) == ["address"])
        #expect(try await test.takeMessages(.sms).isEmpty)
    }

    @Test(
        "A country that is not listed, and a satellite that is in none, is refused with the key that would list it",
        arguments: ["+436641234567", "+870773111632"])
    func country(_ number: String) async throws {
        let refused = await #expect(throws: CallStatus.self) { try await test.enrollAddress("alice", .sms, number) }
        #expect(refused?.reason == "COUNTRY_NOT_ALLOWED" && refused?.hint?.contains("sending.sms_countries") == true)
    }

    @Test("E-mail beside a password is one factor, SMS and TOTP are two, and two things held are one (row 26)")
    func assurance() async throws {
        let caller = Caller.test(scopes: [.enroll, .verify, .assertPrimary, .bindWithoutProof])
        _ = try await test.enrollAddress("alice", .sms, "+41791234567", as: caller)
        _ = try await test.enrollAddress("alice", .email, "alice@example.org", as: caller)
        func level(
            _ kind: Countersign_V1_FactorKind, _ channel: MessageChannel, _ amr: String
        ) async throws -> Countersign_V1_AssuranceLevel {
            let id = try await test.startChallenge("alice", kind, as: caller).challenge.challengeID
            let code = try await test.takeCode(channel)
            let now = test.clock.now.milliseconds
            return try await test.call(VerificationServiceMethods.verify, as: caller) {
                $0.tenant = "default"
                $0.subject = "alice"
                $0.challengeID = id
                $0.code = code
                $0.primaryAuthentication = .with {
                    $0.amr = [amr]
                    $0.atUnixMs = now
                }
            }.aal
        }
        #expect(try await level(.sms, .sms, "pwd") == .aal2)
        #expect(try await level(.email, .email, "pwd") == .aal1)
        #expect(try await level(.sms, .sms, "hwk") == .aal1)
        #expect(try await level(.sms, .sms, "nonsense") == .aal1)
        let refused = await #expect(throws: CallStatus.self) {
            try await test.call(VerificationServiceMethods.verify) {
                $0.tenant = "default"
                $0.subject = "alice"
                $0.kind = .sms
                $0.code = "123456"
                $0.primaryAuthentication.amr = ["pwd"]
            }
        }
        #expect(refused?.code == .permissionDenied)
    }

    @Test("To a concealing caller known, unknown, locked and rationed subjects look alike (row 34)")
    func conceal() async throws {
        let caller = Caller.test(scopes: [.verify], conceal: true)
        _ = try await test.enrollAddress("alice", .sms, "+41791234567")
        _ = try await test.enrollAddress("locked", .sms, "+41791234568")
        for _ in 0..<10 { _ = try await test.verify("locked", "000000", kind: .sms) }
        var shapes: Set<[UInt8]> = []
        for subject in ["alice", "nobody", "locked"] {
            let started = try await test.startChallenge(subject, .sms, as: caller)
            let id = started.challenge.challengeID
            let found = try await test.call(VerificationServiceMethods.getChallenge, as: caller) {
                $0.tenant = "default"
                $0.subject = subject
                $0.challengeID = id
            }
            let verdict = try await test.verify(subject, challenge: id, code: "000000", as: caller)
            var (masked, shown) = (started, found)
            for keyPath: WritableKeyPath<Countersign_V1_Challenge, String> in [\.challengeID] {
                masked.challenge[keyPath: keyPath] = "id"
                shown.challenge[keyPath: keyPath] = "id"
            }
            shapes.insert(
                try masked.serializedBytes() + shown.serializedBytes() + verdict.serializedBytes() as [UInt8])
        }
        #expect(shapes.count == 1)
    }

    @Test("A receipt tells that a message arrived; a forged one tells nothing (F16)")
    func receipts() async throws {
        _ = try await test.enrollAddress("alice", .sms, "+41791234567")
        let started = try await test.startChallenge("alice", .sms)
        let queued = try #require(try await test.service.leaseMessages(.sms, limit: 1).first)
        let token = test.service.receiptToken(of: queued)
        try await test.service.recordDelivery(
            queued, .unknown,
            DeliveryAttempt(
                state: .queued, provider: "test", providerMessageID: "", costMicros: 0, number: 1, reason: "TIMEOUT"))
        func state() async throws -> Countersign_V1_DeliveryState {
            try await test.call(VerificationServiceMethods.getChallenge) {
                $0.tenant = "default"
                $0.subject = "alice"
                $0.challengeID = started.challenge.challengeID
            }.challenge.deliveryState
        }
        #expect(try await state() == .unknown)
        #expect(try await test.service.recordReceipt("forged", isDelivered: true) == false)
        #expect(try await test.service.recordReceipt(token + "A", isDelivered: true) == false)
        #expect(try await state() == .unknown)
        #expect(try await test.service.recordReceipt(token, isDelivered: true))
        #expect(try await test.service.recordReceipt(token, isDelivered: false), "out of order")
        #expect(try await state() == .delivered)
    }

    @Test(
        "A factor of another system is taken over only where the configuration allows it, and active only with the scope"
    )
    func existing() async throws {
        func bring(_ test: TestService, _ scopes: Set<Scope>) async throws -> Countersign_V1_StartEnrollmentResponse {
            try await test.call(EnrollmentServiceMethods.startEnrollment, as: .test(scopes: scopes)) {
                $0.tenant = "default"
                $0.subject = "alice"
                $0.kind = .hotp
                $0.existing.secret = Data("12345678901234567890".utf8)
                $0.existing.counter = 3
                $0.existing.active = true
                $0.existing.omitSecret = true
            }
        }
        let closed = await #expect(throws: CallStatus.self) { try await bring(test, [.enroll, .bindWithoutProof]) }
        #expect(closed?.reason == "EXISTING_SECRETS_NOT_ALLOWED")
        var settings = TestService.settingsForSending
        settings.domain.allowsExistingSecrets = true
        let open = try TestService(settings: settings)
        let unscoped = await #expect(throws: CallStatus.self) { try await bring(open, [.enroll]) }
        #expect(unscoped?.code == .permissionDenied)
        let brought = try await bring(open, [.enroll, .bindWithoutProof])
        #expect(brought.factor.state == .active && !brought.hasHotp)
        // RFC 4226, appendix D: counters 2, 3 and 4.
        #expect(try await open.verify("alice", "359152", kind: .hotp).verdict == .replayed)
        #expect(try await open.verify("alice", "969429", kind: .hotp).verdict == .accepted)
        #expect(try await open.verify("alice", "338314", kind: .hotp).verdict == .accepted)
    }
}
