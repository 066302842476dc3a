internal import Foundation
internal import GRDB
internal import MFADomain
internal import MFAStore

/// The statements of messages on their way out.
enum OutboxStatements {
    /// How long a message that cannot be read is left alone.
    private static let unreadableMilliseconds: Int64 = 3_600_000

    static func write(_ change: Write.Outbox, of key: SubjectKey, _ database: Database) throws {
        switch change {
        case .add(let id, let channel, let dueAt, let record):
            let statement = try database.cachedStatement(
                sql: """
                    INSERT INTO outbox (id, tenant, subject, channel, due_at, attempts, message)
                    VALUES (?, ?, ?, ?, ?, 0, ?)
                    """)
            try statement.execute(
                arguments: [Data(id.bytes), key.tenant, key.subject, channel.rawValue, dueAt, Data(record)])
        case .remove(let id):
            try database.cachedStatement(sql: "DELETE FROM outbox WHERE id = ?").execute(arguments: [Data(id.bytes)])
        case .postpone(let id, let until):
            try database.cachedStatement(sql: "UPDATE outbox SET due_at = ? WHERE id = ?")
                .execute(arguments: [until, Data(id.bytes)])
        }
    }

    static func removeAll(of key: SubjectKey, _ database: Database) throws {
        try database.cachedStatement(sql: "DELETE FROM outbox WHERE tenant = ? AND subject = ?")
            .execute(arguments: [key.tenant, key.subject])
    }

    /// Leases what is due. A lease is the row's next due time, so that what a crash left is due again by itself.
    static func lease(
        _ channel: MessageChannel, limit: Int, now: Timestamp, leaseSeconds: Int64, _ keyRing: KeyRing,
        _ database: Database
    ) throws -> LeasedMessages {
        let rows = try Row.fetchAll(
            try database.cachedStatement(
                sql: """
                    UPDATE outbox SET due_at = ?, attempts = attempts + 1
                    WHERE id IN (SELECT id FROM outbox WHERE channel = ? AND due_at <= ? ORDER BY due_at LIMIT ?)
                    RETURNING id, tenant, subject, attempts, message
                    """),
            arguments: [
                now.adding(seconds: leaseSeconds).milliseconds, channel.rawValue, now.milliseconds, limit,
            ])
        var messages: [QueuedMessage] = []
        var unreadable = 0
        for row in rows {
            let (idBytes, record): (Data, Data) = (row[0], row[4])
            let key = SubjectKey(tenant: row[1], subject: row[2])
            guard let id = MessageID(bytes: Array(idBytes)),
                let message = try? OutboxCodec(keyRing: keyRing, of: key).decode(Array(record), id: id)
            else {
                unreadable += 1
                try database.execute(
                    sql: "UPDATE outbox SET due_at = ? WHERE id = ?",
                    arguments: [now.milliseconds + unreadableMilliseconds, idBytes])
                continue
            }
            messages.append(QueuedMessage(key: key, message: message, attempt: row[3]))
        }
        messages.sort { $0.message.createdAt < $1.message.createdAt }
        return LeasedMessages(messages: messages, unreadableCount: unreadable)
    }

    static func status(_ database: Database) throws -> OutboxStatus {
        guard let row = try Row.fetchOne(database, sql: "SELECT COUNT(*), MIN(due_at) FROM outbox") else {
            return OutboxStatus(count: 0, oldestDueAt: nil)
        }
        return OutboxStatus(count: row[0], oldestDueAt: row[1])
    }
}
