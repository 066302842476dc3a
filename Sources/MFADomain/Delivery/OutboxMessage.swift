/// Something that leaves for a person. Written in the transaction that decided it, sent later.
public struct OutboxMessage: Sendable, Hashable {
    public enum Content: Sendable, Hashable {
        /// A code to type, digits only.
        case code(String)
        /// Wakes a device, which then shows a push challenge. Never holds the number to match.
        case pushChallenge
        /// A recovery code or a temporary access code: groups joined by hyphens.
        case accessCode(String)
        case notice(Notice)
    }

    /// What happened to a person's account.
    public struct Notice: Sendable, Hashable {
        /// Raw values are stored; append only.
        public enum Kind: Int, Sendable, Hashable, CaseIterable {
            /// Another way to sign in was added.
            case factorAdded = 1
            case factorRemoved = 2
            case backupCodesReplaced = 3
            case backupCodeUsed = 4
            case addressesChanged = 5
            case recoveryStarted = 6
            case recoveryApproved = 7
            case recoveryCancelled = 8
            case recoveryCompleted = 9
            case temporaryAccessCodeIssued = 10
            case lossReported = 11
            case factorResumed = 12

            /// What tells of somebody who may be taking the account over must not be kept back because other notices
            /// were many.
            var isOfRecovery: Bool {
                switch self {
                case .recoveryStarted, .recoveryApproved, .recoveryCancelled, .recoveryCompleted: true
                case .factorAdded, .factorRemoved, .backupCodesReplaced, .backupCodeUsed, .addressesChanged,
                    .temporaryAccessCodeIssued, .lossReported, .factorResumed:
                    false
                }
            }
        }

        public let kind: Kind
        /// Stops the recovery that it tells of; empty for none.
        public let vetoCode: String
        /// With `backupCodeUsed`.
        public let backupCodesLeft: Int

        public init(_ kind: Kind, vetoCode: String = "", backupCodesLeft: Int = 0) {
            self.kind = kind
            self.vetoCode = vetoCode
            self.backupCodesLeft = backupCodesLeft
        }
    }

    public let id: MessageID
    public let channel: MessageChannel
    /// An E.164 number, an e-mail address, or a device's push token.
    public let recipient: String
    /// BCP 47, of the text. Empty for the default one.
    public let locale: String
    public let content: Content
    /// Nil for what goes to an address of the profile.
    public let factorID: FactorID?
    /// The challenge this belongs to; nil for notices and access codes.
    public let challengeID: ChallengeID?
    public let createdAt: Timestamp
    /// From then on it is not worth sending.
    public let expiresAt: Timestamp

    public init(
        id: MessageID, channel: MessageChannel, recipient: String, locale: String, content: Content,
        factorID: FactorID?, challengeID: ChallengeID?, createdAt: Timestamp, expiresAt: Timestamp
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
