import CountersignClient
import Foundation
import MFADomain

/// What the device sends, signed.
extension PairedDevice {
    /// The pairing under way, the same however often it is asked for. Nil once paired.
    func activation() throws -> ActivateFactorRequest? {
        guard let registration else { return nil }
        let publicKey = try publicKey()
        return .with {
            $0.tenant = tenant
            $0.subject = subject
            $0.idempotencyKey = registration.idempotencyKey
            $0.factorID = factor
            $0.push.publicKey = publicKey
            $0.push.channel = channel
            $0.push.token = token
            $0.push.signature = registration.signature
            $0.push.model = model
        }
    }

    func list(at now: Timestamp) throws -> ListPendingPushesRequest {
        let signature = try sign(.list(device: name, at: now))
        return .with {
            $0.tenant = tenant
            $0.device = name
            $0.atUnixMs = now.milliseconds
            $0.signature = signature
        }
    }

    /// An answer to what the server said, byte for byte: that is what the person saw.
    func answer(_ answer: PushAnswer, to push: PendingPush) throws -> AnswerPushRequest {
        guard let challengeID = ChallengeID(text: push.challengeID) else {
            throw Complaint("the challenge's id is not 32 lower-case hex digits", status: .fault)
        }
        let signature = try sign(
            .answer(
                device: name, challengeID: challengeID, decision: answer.decision, number: answer.number,
                display: .init(
                    appName: push.appName, action: push.action, context: push.context, location: push.location),
                createdAt: Timestamp(milliseconds: push.createdAtUnixMs),
                expiresAt: Timestamp(milliseconds: push.expiresAtUnixMs)))
        return .with {
            $0.tenant = tenant
            $0.device = name
            $0.challengeID = push.challengeID
            $0.decision = .init(answer.decision)
            $0.number = answer.number
            $0.signature = signature
        }
    }
}

extension Countersign_V1_PushDecision {
    fileprivate init(_ decision: MFADomain.PushDecision) {
        self =
            switch decision {
            case .approve: .approve
            case .deny: .deny
            case .denyAsFraud: .denyFraud
            }
    }
}
