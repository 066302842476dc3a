import Crypto
public import MFADomain

/// A person's device: holds a key and signs what it shows (proto/PUSH.md).
public struct TestDevice: Sendable {
    private let key: P256.Signing.PrivateKey
    public let factorID: FactorID
    /// As the server named it.
    public let name: String

    /// - Parameter secret: 32 bytes, for a key that repeats; else it is random.
    public init(factorID: FactorID, name: String = "device-1", secret: [UInt8] = []) {
        key = (try? P256.Signing.PrivateKey(rawRepresentation: secret)) ?? P256.Signing.PrivateKey()
        self.factorID = factorID
        self.name = name
    }

    public var publicKey: [UInt8] { Array(key.publicKey.x963Representation) }

    public func sign(_ statement: PushStatement) -> [UInt8] {
        do {
            return Array(try key.signature(for: statement.bytes).rawRepresentation)
        } catch {
            return []
        }
    }

    /// What the device answers to the pairing data.
    public func registration(
        secret: [UInt8], channel: String = "fcm", token: String = "token-1"
    ) -> PushRegistration {
        let statement = PushStatement.pairing(
            secret: secret, factorID: factorID, publicKey: publicKey, channel: channel, token: token)
        return PushRegistration(
            publicKey: publicKey, channel: channel, token: token, model: "Model 1", signature: sign(statement))
    }

    /// The answer to a challenge, signed over all that was shown.
    public func answer(
        _ challenge: Challenge, _ decision: PushDecision = .approve, number: String = "",
        facts: CallFacts = .test()
    ) -> AnswerPush {
        answer(challenge, decision, number: number, signature: signature(challenge, decision, number), facts: facts)
    }

    /// An answer under any signature.
    public func answer(
        _ challenge: Challenge, _ decision: PushDecision = .approve, number: String, signature: [UInt8],
        facts: CallFacts = .test()
    ) -> AnswerPush {
        AnswerPush(
            facts: facts, device: name, factorID: factorID, challengeID: challenge.id, decision: decision,
            number: number, signature: signature)
    }

    public func signature(
        _ challenge: Challenge, _ decision: PushDecision, _ number: String, display: Challenge.Display? = nil
    ) -> [UInt8] {
        sign(
            .answer(
                device: name, challengeID: challenge.id, decision: decision, number: number,
                display: display ?? challenge.display, createdAt: challenge.createdAt,
                expiresAt: challenge.expiresAt))
    }
}
