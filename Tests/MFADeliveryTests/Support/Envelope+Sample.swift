import MFADelivery
import MFADomain
import MFATesting
import Synchronization

private let entropy = Mutex(SeededEntropy(seed: 7))

extension Envelope {
    static func sample(
        _ channel: MessageChannel = .sms, to recipient: String = "+41791234567",
        content: OutboxMessage.Content = .code("123456"), locale: String = "", appName: String = "Example",
        challenge: Bool = true, createdAt: Timestamp = .system, lifeSeconds: Int64 = 300
    ) -> Envelope {
        let (message, factor, challengeID) = entropy.withLock {
            (MessageID(entropy: &$0), FactorID(entropy: &$0), ChallengeID(entropy: &$0))
        }
        return Envelope(
            message: OutboxMessage(
                id: message, channel: channel, recipient: recipient, locale: locale, content: content,
                factorID: factor, challengeID: challenge ? challengeID : nil, createdAt: createdAt,
                expiresAt: createdAt.adding(seconds: lifeSeconds)),
            tenant: "default", appName: appName, receiptToken: "tok_-\(message.text)")
    }
}
