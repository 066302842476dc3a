internal import MFADomain
internal import Synchronization

/// The rows last committed, still sealed, so that most decisions need not read the file.
///
/// This process alone owns the file, so what its one writer committed is what is there. Only the writer adds rows, after
/// they are durable and before anybody is answered: whoever was told of a commit finds it here or in the file. What a
/// reader saw is never added; it may be older by the time it would arrive.
///
/// Bounded in bytes by two generations: rows go into the young one, which becomes the old one when it is half the bound;
/// the old one is then dropped.
final class RowCache: Sendable {
    private struct State {
        var young: [SubjectKey: StoredRow] = [:]
        var old: [SubjectKey: StoredRow] = [:]
        var youngBytes = 0
    }

    private let state = Mutex(State())
    private let maxYoungBytes: Int

    /// What a row takes besides its record and its key's text, about.
    private static let overheadBytes = 160

    init(maxBytes: Int) {
        maxYoungBytes = maxBytes / 2
    }

    /// The rows of some subjects; nil for each that has to be read.
    func rows(_ keys: some Collection<SubjectKey>) -> [StoredRow?] {
        state.withLock { state in keys.map { state.young[$0] ?? state.old[$0] } }
    }

    /// Takes what a commit wrote.
    func note(_ writes: [Write]) {
        state.withLock { state in
            for write in writes {
                state.old[write.key] = nil
                if let former = state.young.removeValue(forKey: write.key) {
                    state.youngBytes -= Self.bytes(write.key, former)
                }
                // An erased subject's version is the file's alone.
                guard let record = write.row?.record else { continue }
                let row = StoredRow(version: write.expectedVersion + 1, record: record)
                state.young[write.key] = row
                state.youngBytes += Self.bytes(write.key, row)
            }
            guard state.youngBytes > maxYoungBytes else { return }
            state.old = state.young
            state.young = [:]
            state.youngBytes = 0
        }
    }

    private static func bytes(_ key: SubjectKey, _ row: StoredRow) -> Int {
        key.tenant.utf8.count + key.subject.utf8.count + (row.record?.count ?? 0) + overheadBytes
    }
}
