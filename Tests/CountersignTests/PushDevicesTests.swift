import Foundation
import MFADomain
import MFATesting
import Testing

@testable import CountersignClient
@testable import countersign

struct PushDevicesTests {
    private let folder: TemporaryDirectory
    private let file: AuthenticatorFile
    private let pairing: PushPairing
    private let server: PushServer
    private let devices: PushDevices

    init() throws {
        folder = try TemporaryDirectory()
        file = AuthenticatorFile(path: folder.file("authenticator.json"))
        pairing = try PushPairing(uri: PushPairingTests.uri)
        server = PushServer(pairing)
        devices = PushDevices(file: file, server: server) { Timestamp(milliseconds: 1_700_000_030_000) }
    }

    private static func push(_ number: Character = "3") -> PendingPush {
        .with {
            $0.challengeID = String(repeating: number, count: 32)
            $0.appName = "Example Bank"
            $0.action = "Transfer 120 EUR"
            $0.context = "Chrome on \u{1B}[31m\u{202E}Windows"
            $0.location = "Zu\u{308}rich"
            $0.createdAtUnixMs = 1_700_000_000_000
            $0.expiresAtUnixMs = 1_700_000_120_000
            $0.numberDigits = 3
        }
    }

    private func pair() async throws {
        let answer = try await devices.pair(pairing, model: "Pixel 8", token: "")
        #expect(answer.verdict == .accepted)
    }

    @Test("Pairing keeps the key and the name that the server gave")
    func pairs() async throws {
        _ = try await devices.pair(pairing, model: "Pixel 8", token: "fcm-token")
        let device = try #require(try file.read().devices.first)
        #expect(device.name == PushServer.device && device.registration == nil)
        let request = server.state.withLock { $0.activations[0] }
        #expect(request.tenant == "default" && request.subject == "alice" && request.factorID == pairing.factorID.text)
        #expect(request.push.model == "Pixel 8" && request.push.channel == "fcm" && request.push.token == "fcm-token")
        #expect(request.push.publicKey == (try device.publicKey()))
        let complaint = await #expect(throws: Complaint.self) { try await devices.pair(pairing, model: "", token: "") }
        #expect(complaint?.message == "this factor is paired already")
    }

    @Test("A pairing whose answer was lost is sent again as it was")
    func lostAnswer() async throws {
        server.change { $0.losesActivation = true }
        await #expect(throws: CountersignError.self) { try await devices.pair(pairing, model: "Pixel 8", token: "") }
        #expect(throws: Complaint.self) { try file.read().pairedDevices(factor: nil) }
        try await pair()
        let requests = server.state.withLock { $0.activations }
        #expect(requests.count == 2 && requests[0] == requests[1] && !requests[0].idempotencyKey.isEmpty)
        #expect(try await devices.questions(factor: nil).isEmpty)
    }

    @Test("A pairing that was refused leaves no key behind")
    func refused() async throws {
        server.change {
            $0.activationFailure = CountersignError(.failedPrecondition, reason: "FACTOR_NOT_PENDING", "No.")
        }
        await #expect(throws: CountersignError.self) { try await devices.pair(pairing, model: "", token: "") }
        #expect(try file.read().devices.isEmpty)
        let wrong = try PushPairing(uri: PushPairingTests.uri.replacing("0f&app", with: "ff&app"))
        server.change { $0.activationFailure = nil }
        #expect(try await devices.pair(wrong, model: "", token: "").verdict == .wrongCode)
        #expect(try file.read().devices.isEmpty)
        try await pair()
    }

    @Test("What is pending is asked for with the device's clock and signature")
    func lists() async throws {
        try await pair()
        server.change { $0.pushes = [Self.push()] }
        let questions = try await devices.questions(factor: nil)
        #expect(questions.map(\.push) == [Self.push()])
        let request = server.state.withLock { $0.lists[0] }
        #expect(request.device == PushServer.device && request.atUnixMs == 1_700_000_030_000)
        #expect(request.tenant == "default")
    }

    @Test("A person sees app, account, action, context and location, and no character that a terminal obeys")
    func text() async throws {
        try await pair()
        server.change { $0.pushes = [Self.push()] }
        let text = try await devices.questions(factor: nil).map(\.text).joined()
        #expect(
            text.hasPrefix(
                """
                Example Bank asks alice@example.org:
                  Transfer 120 EUR
                  from Chrome on [31mWindows
                  at Zu\u{308}rich
                If you started this, type the 3 digits
                """))
    }

    @Test(
        "The answer is signed over exactly what the server said",
        arguments: [PushAnswer.approve(number: "042"), .deny, .denyAsFraud])
    func answers(answer: PushAnswer) async throws {
        try await pair()
        server.change { $0.pushes = [Self.push()] }
        _ = try await devices.answer(answer, challengeID: nil, factor: nil)
        let request = server.state.withLock { $0.answers[0] }
        #expect(request.device == PushServer.device && request.number == answer.number)
        #expect(server.isSigned(request, over: Self.push(), as: answer.decision))
        var other = Self.push()
        other.location = "Z\u{FC}rich"
        #expect(!server.isSigned(request, over: other, as: answer.decision))
        #expect(!server.isSigned(request, over: Self.push(), as: answer == .deny ? .approve : .deny))
        let decisions: [MFADomain.PushDecision: Countersign_V1_PushDecision] = [
            .approve: .approve, .deny: .deny, .denyAsFraud: .denyFraud,
        ]
        #expect(request.decision == decisions[answer.decision])
    }

    @Test(
        "A number of another form is not sent, since it would count",
        arguments: ["", "42", "0042", "o42", "٠٤٢", "+42"])
    func number(text: String) async throws {
        try await pair()
        server.change { $0.pushes = [Self.push()] }
        let complaint = await #expect(throws: Complaint.self) {
            try await devices.answer(.approve(number: text), challengeID: nil, factor: nil)
        }
        #expect(complaint?.message == "the number has 3 digits")
        #expect(server.state.withLock { $0.answers.isEmpty })
    }

    @Test("Without a challenge named exactly one must be pending")
    func choice() async throws {
        try await pair()
        func complaint(_ challengeID: String?) async -> Complaint? {
            await #expect(throws: Complaint.self) {
                try await devices.answer(.deny, challengeID: challengeID, factor: nil)
            }
        }
        #expect(await complaint(nil)?.message == "nothing waits for an answer")
        server.change { $0.pushes = [Self.push("3"), Self.push("4")] }
        let several = await complaint(nil)
        #expect(several?.message == "2 challenges wait for an answer" && several?.status == .usage)
        let other = await complaint(String(repeating: "5", count: 32))
        #expect(other?.message == "this challenge does not wait for an answer" && other?.status == .refused)
        _ = try await devices.answer(.deny, challengeID: Self.push("4").challengeID, factor: nil)
        #expect(server.state.withLock { $0.answers.map(\.challengeID) } == [Self.push("4").challengeID])
    }

    @Test("A device that the server does not take any more is named, with what to do")
    func revoked() async throws {
        try await pair()
        server.change { $0.listFailure = PushServer.signatureInvalid }
        let complaint = await #expect(throws: Complaint.self) { try await devices.questions(factor: nil) }
        #expect(
            complaint?.message
                == "Example Bank, alice@example.org: Not signed. [FAILED_PRECONDITION SIGNATURE_INVALID]")
        #expect(complaint?.hint?.contains("authenticator remove \(pairing.factorID.text)") == true)
        let none = await #expect(throws: Complaint.self) { try await devices.questions(factor: "other") }
        #expect(none?.message == "no device of this factor is paired")
    }
}
