internal import GRDB
internal import MFAStore

/// A thread that reads what is not in the cache, and decides, beside the writer, on a connection of its own. All calls
/// that queued while it was busy share one read transaction, begun after the last of them arrived. There is one: two
/// competed with the writer, which is what everybody waits for.
final class Lane: Sendable {
    private let worker: Worker<Update>
    private let reader: DatabaseQueue

    init(reader: DatabaseQueue, writer: Writer) {
        self.reader = reader
        worker = Worker(name: "store-lane") { batch in Self.decide(batch, reader, writer) }
    }

    func add(_ update: Update) {
        if !worker.add(CollectionOfOne(update)) { update.fail(.closed) }
    }

    /// Returns when all that was added is with the writer.
    func close() {
        worker.close()
        try? reader.close()
    }

    private static func decide(_ batch: [Update], _ reader: DatabaseQueue, _ writer: Writer) {
        let rows: [StoredRow?]
        do {
            rows = try reader.read { database in
                let select = try StoredRow.select(database)
                return try batch.map { try StoredRow.fetch($0.key, select) }
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
    let update: Update
    let write: Write
}
