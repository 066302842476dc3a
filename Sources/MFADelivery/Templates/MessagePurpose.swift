internal import MFADomain

/// What a text is for. Raw values are file names.
enum MessagePurpose: String, Sendable, Hashable, CaseIterable {
    case code
    case accessCode = "access-code"
    case factorAdded = "factor-added"
    case factorRemoved = "factor-removed"
    case backupCodesReplaced = "backup-codes-replaced"
    case backupCodeUsed = "backup-code-used"
    case addressesChanged = "addresses-changed"
    case recoveryStarted = "recovery-started"
    case recoveryApproved = "recovery-approved"
    case recoveryCancelled = "recovery-cancelled"
    case recoveryCompleted = "recovery-completed"
    case temporaryAccessCodeIssued = "temporary-access-code-issued"
    case lossReported = "loss-reported"
    case factorResumed = "factor-resumed"

    /// Nil for content without a text.
    init?(_ content: OutboxMessage.Content) {
        switch content {
        case .code: self = .code
        case .accessCode: self = .accessCode
        case .notice(let notice): self.init(notice.kind)
        case .pushChallenge: return nil
        }
    }

    private init(_ kind: OutboxMessage.Notice.Kind) {
        self =
            switch kind {
            case .factorAdded: .factorAdded
            case .factorRemoved: .factorRemoved
            case .backupCodesReplaced: .backupCodesReplaced
            case .backupCodeUsed: .backupCodeUsed
            case .addressesChanged: .addressesChanged
            case .recoveryStarted: .recoveryStarted
            case .recoveryApproved: .recoveryApproved
            case .recoveryCancelled: .recoveryCancelled
            case .recoveryCompleted: .recoveryCompleted
            case .temporaryAccessCodeIssued: .temporaryAccessCodeIssued
            case .lossReported: .lossReported
            case .factorResumed: .factorResumed
            }
    }

    var placeholders: Set<String> {
        switch self {
        case .code: ["code", "app", "minutes"]
        case .accessCode: ["code", "app", "minutes", "hours"]
        case .recoveryStarted: ["app", "veto"]
        case .backupCodeUsed: ["app", "left"]
        case .factorAdded, .factorRemoved, .backupCodesReplaced, .addressesChanged, .recoveryApproved,
            .recoveryCancelled, .recoveryCompleted, .temporaryAccessCodeIssued, .lossReported, .factorResumed:
            ["app"]
        }
    }

    /// Must stand in the text; without it the message is worth nothing.
    var required: String? {
        switch self {
        case .code, .accessCode: "code"
        case .recoveryStarted: "veto"
        case .factorAdded, .factorRemoved, .backupCodesReplaced, .backupCodeUsed, .addressesChanged, .recoveryApproved,
            .recoveryCancelled, .recoveryCompleted, .temporaryAccessCodeIssued, .lossReported, .factorResumed:
            nil
        }
    }
}
