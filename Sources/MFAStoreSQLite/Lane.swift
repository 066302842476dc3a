internal import GRDB
internal import MFAStore

/// Reads and decides, beside the writer, on a connection of its own. All calls that queued while it was busy share one
/// read transaction, begun after the last of them arrived, for what is not in the cache.
final class Lane: Sendable {
    private let worker: Worker<any PendingUpdate>
    private let reader: DatabaseQueue

    init(reader: DatabaseQueue, cache: RowCache, writer: Writer, name: String) {
        self.reader = reader
        worker = Worker(name: name) { batch in Self.decide(batch, reader, cache, writer) }
    }

    func add(_ update: any PendingUpdate) {
        if !worker.add(CollectionOfOne(update)) { update.fail(.closed) }
    }

    /// Returns when all that was added is with the writer.
    func close() {
        worker.close()
        try? reader.close()
    }

    private static func decide(
        _ batch: [any PendingUpdate], _ reader: DatabaseQueue, _ cache: RowCache, _ writer: Writer
    ) {
        var rows = cache.rows(batch.map(\.key))
        do {
            if rows.contains(where: { $0 == nil }) {
                try reader.read { database in
                    let select = try StoredRow.select(database)
                    for index in batch.indices where rows[index] == nil {
                        rows[index] = try StoredRow.fetch(batch[index].key, select)
                    }
                }
            }
        } catch {
            for update in batch { update.fail(.unavailable("read failed: \(error)")) }
            return
        }
        var writes: [DecidedUpdate] = []
        for (update, row) in zip(batch, rows) {
            if let write = update.decide(on: row) {
                writes.append(DecidedUpdate(update: update, write: write))
            } else {
                update.finish()
            }
        }
        writer.add(writes)
    }
}

/// A decision on its way to the writer.
struct DecidedUpdate: Sendable {
    let update: any PendingUpdate
    let write: Write
}
