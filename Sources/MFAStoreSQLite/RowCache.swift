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

    /// The row of a subject; nil when it has to be read.
    func row(_ key: SubjectKey) -> StoredRow? {
        state.withLock { state in state.young[key] ?? state.old[key] }
    }

    func removeAll() {
        state.withLock { $0 = State() }
    }

    /// Takes what a commit wrote, a row at a time, so that nobody waits long for the lock.
    func note(_ writes: [Write]) {
        for write in writes { state.withLock { note(write, &$0) } }
    }

    private func note(_ write: Write, _ state: inout State) {
        // An erased subject's version is the file's alone.
        let row = write.row.map { StoredRow(version: write.expectedVersion + 1, record: $0.record) }
        let former: StoredRow?
        if let row {
            former = state.young.updateValue(row, forKey: write.key)
            state.youngBytes += Self.bytes(write.key, row)
        } else {
            former = state.young.removeValue(forKey: write.key)
        }
        if let former {
            state.youngBytes -= Self.bytes(write.key, former)
        } else if !state.old.isEmpty {
            state.old[write.key] = nil
        }
        guard state.youngBytes > maxYoungBytes else { return }
        state.old = state.young
        state.young = [:]
        state.youngBytes = 0
    }

    private static func bytes(_ key: SubjectKey, _ row: StoredRow) -> Int {
        key.tenant.utf8.count + key.subject.utf8.count + (row.record?.count ?? 0) + overheadBytes
    }
}
