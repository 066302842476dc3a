public import MFADomain

/// Messages on their way out, without a store.
public struct SimulatedOutbox: Sendable {
    /// Oldest first.
    public private(set) var messages: [OutboxMessage] = []

    /// When those that were postponed are due.
    public private(set) var dueAt: [MessageID: Timestamp] = [:]

    public init() {}

    mutating func apply(_ changes: [OutboxChange]) {
        for change in changes {
            switch change {
            case .add(let message): messages.append(message)
            case .remove(let id):
                messages.removeAll { $0.id == id }
                dueAt[id] = nil
            case .postpone(let id, let until):
                if messages.contains(where: { $0.id == id }) { dueAt[id] = until }
            }
        }
    }

    /// The digits of the newest message that brings a code.
    public var lastCode: String? {
        for message in messages.reversed() {
            if case .code(let code) = message.content { return code }
        }
        return nil
    }

    /// The newest access code.
    public var lastAccessCode: String? {
        for message in messages.reversed() {
            if case .accessCode(let code) = message.content { return code }
        }
        return nil
    }

    /// The newest notice of a kind.
    public func lastNotice(_ kind: OutboxMessage.Notice.Kind) -> OutboxMessage.Notice? {
        for message in messages.reversed() {
            if case .notice(let notice) = message.content, notice.kind == kind { return notice }
        }
        return nil
    }
}
