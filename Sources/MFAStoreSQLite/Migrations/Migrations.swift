internal import GRDB

/// The numbered migrations, oldest first. Append only: a migration that was released never changes.
enum Migrations {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("0001 subject, audit, meta", migrate: Migration0001.migrate)
        migrator.registerMigration("0002 outbox, budget", migrate: Migration0002.migrate)
        return migrator
    }
}
