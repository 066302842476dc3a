internal import MFADomain
internal import MFAStore

/// What one decision writes: the subject's row, if it is still at the version that was decided on, its event, and what
/// goes with them. A class, since it is handed on from array to array.
final class Write: Sendable {
    struct Row: Sendable {
        let record: [UInt8]
        let kind: Int
        let createdAt: Int64
        let activeFactorCount: Int
    }

    enum Outbox: Sendable {
        case add(MessageID, MessageChannel, dueAt: Int64, record: [UInt8])
        case remove(MessageID)
        case postpone(MessageID, until: Int64)
    }

    let key: SubjectKey
    /// 0 when there was no row.
    let expectedVersion: Int64
    /// Nil erases.
    let row: Row?
    /// Of a subject that is erased.
    let graceStartedAt: Timestamp?
    let pseudonym: Pseudonym
    let at: Timestamp
    let event: [UInt8]
    let outbox: [Outbox]
    let claims: [BudgetClaim]

    init(
        _ effect: DecisionEffect, of key: SubjectKey, on version: Int64, _ codec: SubjectCodec, _ keyRing: KeyRing
    ) throws(StoreError) {
        self.key = key
        expectedVersion = version
        switch effect.change {
        case .put(let state):
            row = Row(
                record: try codec.encode(state, version: version + 1), kind: state.profile.kind.rawValue,
                createdAt: state.createdAt.milliseconds, activeFactorCount: state.activeFactorCount)
            graceStartedAt = nil
        case .erase(let moment):
            row = nil
            graceStartedAt = moment
        }
        pseudonym = effect.pseudonym
        at = effect.event.at
        event = EventCodec.encode(effect.event)
        outbox = effect.outbox.isEmpty ? [] : try Self.outbox(effect.outbox, of: key, keyRing)
        claims = effect.claims
    }

    private static func outbox(
        _ changes: [OutboxChange], of key: SubjectKey, _ keyRing: KeyRing
    ) throws(StoreError) -> [Outbox] {
        let codec = OutboxCodec(keyRing: keyRing, of: key)
        var writes: [Outbox] = []
        for change in changes {
            switch change {
            case .add(let message):
                writes.append(
                    .add(
                        message.id, message.channel, dueAt: message.createdAt.milliseconds,
                        record: try codec.encode(message)))
            case .remove(let id): writes.append(.remove(id))
            case .postpone(let id, let until): writes.append(.postpone(id, until: until.milliseconds))
            }
        }
        return writes
    }
}
