import ArgumentParser
import MFAStoreSQLite

struct Vacuum: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vacuum",
        abstract: "Rewrite the database file, so that nothing erased is left in it. The server must be stopped.")

    @OptionGroup var configuration: ConfigurationOption

    @Flag(help: "As for serve: the configuration needs no tls section.")
    var dev = false

    func run() throws {
        let configuration = try configuration.load(flags: .init(isDev: dev))
        switch configuration.store {
        case .sqlite(let path, _):
            guard TextFile.exists(path) else { throw StartError("database \(path): no such file") }
            do {
                try SQLiteStore.vacuum(path: path, keyRing: configuration.keyRing)
            } catch {
                throw StartError(
                    (error as? SQLiteOpenError)?.description ?? "database \(path): cannot be vacuumed (\(error))")
            }
            print("\(path): vacuumed")
        }
    }
}
