import ArgumentParser

struct CheckConfig: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-config",
        abstract: "Check a configuration and the files it names, as serve would, and write nothing.")

    @OptionGroup var configuration: ConfigurationOption

    @Flag(help: "As for serve: loopback only, and no tls section needed.")
    var dev = false

    func run() async throws {
        let configuration = try configuration.load(flags: .init(isDev: dev))
        // Templates, certificates and accounts that it names are read here too.
        var delivery = configuration.delivery
        delivery.outboxFolder = nil
        await (try await Channels.make(delivery)).close()
        for warning in configuration.warnings { print("warning: \(warning)") }
        print("\(self.configuration.file): good")
    }
}
