internal import MFADomain
internal import MFAStore

/// What one decision writes: the subject's row, if it is still at the version that was decided on, and its event.
/// A class, since it is handed on from array to array.
final class Write: Sendable {
    struct Row: Sendable {
        let record: [UInt8]
        let kind: Int
        let createdAt: Int64
        let activeFactorCount: Int
    }

    let key: SubjectKey
    /// 0 when there was no row.
    let expectedVersion: Int64
    /// Nil erases.
    let row: Row?
    let pseudonym: Pseudonym
    let at: Int64
    let event: [UInt8]

    init(
        _ effect: DecisionEffect, of key: SubjectKey, on version: Int64, _ codec: SubjectCodec
    ) throws(StoreError) {
        self.key = key
        expectedVersion = version
        switch effect.change {
        case .put(let state):
            row = Row(
                record: try codec.encode(state, version: version + 1), kind: state.profile.kind.rawValue,
                createdAt: state.createdAt.milliseconds, activeFactorCount: state.activeFactorCount)
        case .erase:
            row = nil
        }
        pseudonym = effect.pseudonym
        at = effect.event.at.milliseconds
        event = EventCodec.encode(effect.event)
    }
}
