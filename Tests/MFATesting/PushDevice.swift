public import Crypto
import Foundation
public import MFADomain
public import MFAProto

/// A person's device in tests: a key, and what it signs.
public struct PushDevice: Sendable {
    public let key = P256.Signing.PrivateKey()
    /// As the server named it.
    public var name = ""

    public init() {}

    public func sign(_ statement: PushStatement) throws -> Data {
        try key.signature(for: statement.bytes).rawRepresentation
    }

    /// Its half of a pairing.
    ///
    /// - Parameter uri: as StartEnrollment gave it.
    public func registration(
        _ uri: String, channel: String = "", token: String = ""
    ) throws -> Countersign_V1_PushRegistration {
        let items = URLComponents(string: uri)?.queryItems ?? []
        func value(_ name: String) -> String { items.first { $0.name == name }?.value ?? "" }
        let digits = Array(value("secret"))
        let secret = stride(from: 0, to: digits.count, by: 2).compactMap {
            UInt8(String(digits[$0..<$0 + 2]), radix: 16)
        }
        guard let factorID = FactorID(text: value("factor")) else { throw CocoaError(.formatting) }
        let publicKey = Array(key.publicKey.x963Representation)
        return try .with {
            $0.publicKey = Data(publicKey)
            $0.channel = channel
            $0.token = token
            $0.signature = try sign(
                .pairing(secret: secret, factorID: factorID, publicKey: publicKey, channel: channel, token: token))
        }
    }

    /// Its answer to a challenge as ListPendingPushes showed it.
    public func answer(
        _ push: Countersign_V1_PendingPush, _ decision: PushDecision, number: String = ""
    ) throws -> Countersign_V1_AnswerPushRequest {
        guard let challengeID = ChallengeID(text: push.challengeID) else { throw CocoaError(.formatting) }
        let statement = PushStatement.answer(
            device: name, challengeID: challengeID, decision: decision, number: number,
            display: Challenge.Display(
                appName: push.appName, action: push.action, context: push.context, location: push.location),
            createdAt: Timestamp(milliseconds: push.createdAtUnixMs),
            expiresAt: Timestamp(milliseconds: push.expiresAtUnixMs))
        return try .with {
            $0.tenant = "default"
            $0.device = name
            $0.challengeID = push.challengeID
            $0.decision =
                switch decision {
                case .approve: .approve
                case .deny: .deny
                case .denyAsFraud: .denyFraud
                }
            $0.number = number
            $0.signature = try sign(statement)
        }
    }
}
