internal import MFADomain
internal import MFAStore
internal import Synchronization

/// A caller that waits for its decision to be durable.
final class Update: Sendable {
    typealias Decide = @Sendable (SubjectRecord, ClaimAnswers?) throws -> DecisionEffect?

    let key: SubjectKey
    private let keyRing: KeyRing
    private let decide: Decide
    // Proof: resumed once, by `finish` or by `fail`. Who decided with nothing to write ends the update at once; any
    // other goes to the writer, which ends each of a batch once, whatever became of the commit.
    private let continuation: UnsafeContinuation<Void, any Error>
    /// What the last decision threw.
    private let refusal = Mutex<(any Error)?>(nil)

    init(
        key: SubjectKey, keyRing: KeyRing, decide: @escaping Decide,
        continuation: UnsafeContinuation<Void, any Error>
    ) {
        self.key = key
        self.keyRing = keyRing
        self.decide = decide
        self.continuation = continuation
    }

    /// Decides on the row as it is.
    ///
    /// - Parameter claims: the answers to the claims of the same decision; nil while they are not known.
    /// - Returns: what has to be written first, or nil when the answer can be given as it is.
    func decide(on row: StoredRow?, claims: ClaimAnswers? = nil) -> Write? {
        do {
            let version = row?.version ?? 0
            let codec = SubjectCodec(keyRing: keyRing, of: key)
            let state = try row?.record.map { record in try codec.decode(record, version: version) }
            let record = SubjectRecord(state: state, erasedGraceStartedAt: row?.erasedGraceStartedAt)
            let effect = try decide(record, claims)
            refusal.withLock { $0 = nil }
            return try effect.map { try Write($0, of: key, on: version, codec, keyRing) }
        } catch {
            refusal.withLock { $0 = error }
            return nil
        }
    }

    /// Gives the answer of the last decision. Call it once, after what was written is durable.
    func finish() {
        if let refusal = refusal.withLock({ $0 }) {
            continuation.resume(throwing: refusal)
        } else {
            continuation.resume()
        }
    }

    /// Gives an error instead. Call it once.
    func fail(_ error: StoreError) {
        continuation.resume(throwing: error)
    }
}
