import ArgumentParser

struct Vacuum: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vacuum",
        abstract: "Rewrite the database file, so that nothing erased is left in it. The server must be stopped.")

    @OptionGroup var configuration: ConfigurationOption

    func run() throws {
        _ = try configuration.load()
    }
}
