public import MFADomain

/// Where messages come from and reports go.
public protocol OutboxSource: Sendable {
    /// At most `limit` messages that are due now, oldest first. Each stays with its taker until its lease ends, so
    /// that what a crashed worker took is taken again.
    func lease(_ channel: MessageChannel, limit: Int) async throws -> [LeasedMessage]

    /// Records how it went: ends the message or sets its next attempt.
    func settle(_ message: LeasedMessage, _ report: SendReport) async throws
}
