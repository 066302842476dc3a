internal import MFADomain

/// What a text is for. Raw values are file names.
enum MessagePurpose: String, Sendable, Hashable, CaseIterable {
    case code
    case factorAdded = "factor-added"

    /// Nil for content without a text.
    init?(_ content: OutboxMessage.Content) {
        switch content {
        case .code: self = .code
        case .notice(.factorAdded): self = .factorAdded
        case .pushChallenge: return nil
        }
    }

    var placeholders: Set<String> {
        switch self {
        case .code: ["code", "app", "minutes"]
        case .factorAdded: ["app"]
        }
    }

    /// Must stand in the text; without it the message is worth nothing.
    var required: String? { self == .code ? "code" : nil }
}
