import Crypto
import Foundation
import MFADomain
import MFAProto
import Synchronization

@testable import CountersignClient
@testable import countersign

/// A server's side of push, as far as a device sees it, which does to the device what a test wants done.
final class PushServer: CallChannel {
    struct State {
        /// What ActivateFactor says instead of taking the key.
        var activationFailure: CountersignError?
        /// The answer of ActivateFactor is lost on its way, after the key was taken.
        var losesActivation = false
        var activations: [ActivateFactorRequest] = []
        var publicKey: P256.Signing.PublicKey?
        var pushes: [PendingPush] = []
        /// What ListPendingPushes says instead.
        var listFailure: CountersignError?
        var lists: [ListPendingPushesRequest] = []
        var answers: [AnswerPushRequest] = []
        var answerVerdict = Countersign_V1_Verdict.accepted
    }

    static let device = "3q2-7w"
    let pairing: PushPairing
    let state = Mutex(State())

    init(_ pairing: PushPairing) {
        self.pairing = pairing
    }

    func change(_ body: @Sendable (inout State) -> Void) {
        state.withLock { body(&$0) }
    }

    func call<Request: Message & Sendable, Response: Message & Sendable>(
        _ method: RPCMethod<Request, Response>, _ request: Request, _ options: CallOptions
    ) async throws -> Response {
        let answer: (any Message)? =
            switch request {
            case let request as ActivateFactorRequest: try activate(request)
            case let request as ListPendingPushesRequest: try list(request)
            case let request as AnswerPushRequest: answer(request)
            default: nil
            }
        guard let answer = answer as? Response else { throw CountersignError(.unimplemented, reason: "", "") }
        return answer
    }

    private func activate(_ request: ActivateFactorRequest) throws -> ActivateFactorResponse {
        try state.withLock { state in
            state.activations.append(request)
            if let failure = state.activationFailure { throw failure }
            let statement = PushStatement.pairing(
                secret: pairing.secret.bytes, factorID: pairing.factorID, publicKey: Array(request.push.publicKey),
                channel: request.push.channel, token: request.push.token)
            let key = try P256.Signing.PublicKey(x963Representation: request.push.publicKey)
            guard Self.isSigned(by: key, statement, request.push.signature) else {
                return .with { $0.verdict = .wrongCode }
            }
            state.publicKey = key
            if state.losesActivation {
                state.losesActivation = false
                throw CountersignError(.unavailable, reason: "", "lost", transport: .connectionLost)
            }
            return .with {
                $0.verdict = .accepted
                $0.device = Self.device
            }
        }
    }

    private func list(_ request: ListPendingPushesRequest) throws -> ListPendingPushesResponse {
        try state.withLock { state in
            state.lists.append(request)
            if let failure = state.listFailure { throw failure }
            let statement = PushStatement.list(
                device: request.device, at: Timestamp(milliseconds: request.atUnixMs))
            guard let key = state.publicKey, Self.isSigned(by: key, statement, request.signature) else {
                throw Self.signatureInvalid
            }
            return .with { $0.pushes = state.pushes }
        }
    }

    private func answer(_ request: AnswerPushRequest) -> AnswerPushResponse {
        state.withLock { state in
            state.answers.append(request)
            return .with { $0.verdict = state.answerVerdict }
        }
    }

    /// Whether an answer is signed over what a push said.
    func isSigned(_ request: AnswerPushRequest, over push: PendingPush, as decision: MFADomain.PushDecision) -> Bool {
        guard let challengeID = ChallengeID(text: request.challengeID),
            let key = state.withLock({ $0.publicKey })
        else { return false }
        let statement = PushStatement.answer(
            device: Self.device, challengeID: challengeID, decision: decision, number: request.number,
            display: .init(
                appName: push.appName, action: push.action, context: push.context, location: push.location),
            createdAt: Timestamp(milliseconds: push.createdAtUnixMs),
            expiresAt: Timestamp(milliseconds: push.expiresAtUnixMs))
        return Self.isSigned(by: key, statement, request.signature)
    }

    private static func isSigned(
        by key: P256.Signing.PublicKey, _ statement: PushStatement, _ signature: Data
    ) -> Bool {
        guard let signature = try? P256.Signing.ECDSASignature(rawRepresentation: signature) else { return false }
        return key.isValidSignature(signature, for: statement.bytes)
    }

    static let signatureInvalid = CountersignError(.failedPrecondition, reason: "SIGNATURE_INVALID", "Not signed.")
}
