internal import GRDB

/// subject: one sealed aggregate a row, beside it what lists need. `state` is NULL once erased.
/// audit: one event a row, in order of writing.
/// meta: what must hold of the whole file, such as the fingerprints of its key ring.
enum Migration0001 {
    static func migrate(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE subject (
                    tenant TEXT NOT NULL,
                    id TEXT NOT NULL,
                    version INTEGER NOT NULL,
                    state BLOB,
                    kind INTEGER NOT NULL,
                    created_at INTEGER NOT NULL,
                    active_factors INTEGER NOT NULL,
                    PRIMARY KEY (tenant, id)
                ) WITHOUT ROWID;

                CREATE TABLE audit (
                    sequence INTEGER PRIMARY KEY,
                    tenant TEXT NOT NULL,
                    pseudonym BLOB NOT NULL,
                    version INTEGER NOT NULL,
                    at INTEGER NOT NULL,
                    event BLOB NOT NULL
                );

                CREATE INDEX audit_tenant ON audit (tenant, sequence);

                CREATE TABLE meta (
                    name TEXT NOT NULL PRIMARY KEY,
                    value BLOB NOT NULL
                ) WITHOUT ROWID;
                """)
    }
}
