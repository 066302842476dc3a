internal import MFADomain
internal import MFAStore
internal import Synchronization

/// A caller that waits for a decision, without the type of its outcome.
protocol PendingUpdate: Sendable {
    var key: SubjectKey { get }

    /// Decides on the row as it is.
    ///
    /// - Returns: what has to be written first, or nil when the answer can be given as it is.
    func decide(on row: StoredRow?) -> Write?

    /// Gives the answer of the last decision. Call it once, after what was written is durable.
    func finish()

    /// Gives an error instead. Call it once.
    func fail(_ error: StoreError)
}

final class Update<Outcome: Sendable>: PendingUpdate {
    let key: SubjectKey
    private let decision: @Sendable (SubjectState?) throws -> Decision<Outcome>
    private let keyRing: KeyRing
    private let continuation: CheckedContinuation<Outcome, any Error>
    private let result = Mutex<Result<Outcome, any Error>?>(nil)

    init(
        key: SubjectKey, keyRing: KeyRing, continuation: CheckedContinuation<Outcome, any Error>,
        decision: @escaping @Sendable (SubjectState?) throws -> Decision<Outcome>
    ) {
        self.key = key
        self.keyRing = keyRing
        self.continuation = continuation
        self.decision = decision
    }

    func decide(on row: StoredRow?) -> Write? {
        do {
            let version = row?.version ?? 0
            let codec = SubjectCodec(keyRing: keyRing, of: key)
            var state: SubjectState?
            if let record = row?.record { state = try codec.decode(record, version: version) }
            let decided = try decision(state)
            var write: Write?
            if let effect = decided.effect { write = try makeWrite(effect, on: version, codec) }
            result.withLock { $0 = .success(decided.outcome) }
            return write
        } catch {
            result.withLock { $0 = .failure(error) }
            return nil
        }
    }

    private func makeWrite(_ effect: DecisionEffect, on version: Int64, _ codec: SubjectCodec) throws -> Write {
        let row: Write.Row? =
            switch effect.change {
            case .put(let state):
                Write.Row(
                    record: try codec.encode(state, version: version + 1), kind: state.profile.kind.rawValue,
                    createdAt: state.createdAt.milliseconds, activeFactorCount: state.activeFactorCount)
            case .erase: nil
            }
        return Write(
            key: key, expectedVersion: version, row: row, pseudonym: effect.pseudonym,
            at: effect.event.at.milliseconds, event: try EventCodec.encode(effect.event))
    }

    func finish() {
        // Decided before it is finished; a caller that was forgotten would wait for ever, so it gets an error.
        continuation.resume(with: result.withLock { $0 } ?? .failure(StoreError.closed))
    }

    func fail(_ error: StoreError) {
        continuation.resume(throwing: error)
    }
}
