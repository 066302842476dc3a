/// Something that leaves for a person. Written in the transaction that decided it, sent later.
public struct OutboxMessage: Sendable, Hashable {
    public enum Content: Sendable, Hashable {
        /// A code to type, digits only.
        case code(String)
        /// Wakes a device, which then shows a push challenge. Never holds the number to match.
        case pushChallenge
        /// Tells of a change to the subject's factors.
        case notice(Notice)
    }

    /// What a notice tells of. Raw values are stored; append only.
    public enum Notice: Int, Sendable, Hashable, CaseIterable {
        /// Another way to sign in was added.
        case factorAdded = 1
    }

    public let id: MessageID
    public let channel: MessageChannel
    /// An E.164 number, an e-mail address, or a device's push token.
    public let recipient: String
    /// BCP 47, of the text. Empty for the default one.
    public let locale: String
    public let content: Content
    public let factorID: FactorID
    /// The challenge this belongs to; nil for notices.
    public let challengeID: ChallengeID?
    public let createdAt: Timestamp
    /// From then on it is not worth sending.
    public let expiresAt: Timestamp

    public init(
        id: MessageID, channel: MessageChannel, recipient: String, locale: String, content: Content,
        factorID: FactorID, challengeID: ChallengeID?, createdAt: Timestamp, expiresAt: Timestamp
    ) {
        self.id = id
        self.channel = channel
        self.recipient = recipient
        self.locale = locale
        self.content = content
        self.factorID = factorID
        self.challengeID = challengeID
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }
}
