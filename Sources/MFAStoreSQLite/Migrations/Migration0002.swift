internal import GRDB

/// outbox: one message a row, sealed, until it was sent or given up. `due_at` is also the end of its lease.
/// budget: what was counted in a part of time under the keyed hash of a counter's name.
enum Migration0002 {
    static func migrate(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE outbox (
                    id BLOB NOT NULL PRIMARY KEY,
                    tenant TEXT NOT NULL,
                    subject TEXT NOT NULL,
                    channel INTEGER NOT NULL,
                    due_at INTEGER NOT NULL,
                    attempts INTEGER NOT NULL,
                    message BLOB NOT NULL
                ) WITHOUT ROWID;

                CREATE INDEX outbox_due ON outbox (channel, due_at);
                CREATE INDEX outbox_subject ON outbox (tenant, subject);

                CREATE TABLE budget (
                    counter BLOB NOT NULL,
                    part INTEGER NOT NULL,
                    amount INTEGER NOT NULL,
                    ends_at INTEGER NOT NULL,
                    PRIMARY KEY (counter, part)
                ) WITHOUT ROWID;

                CREATE INDEX budget_end ON budget (ends_at);
                """)
    }
}
