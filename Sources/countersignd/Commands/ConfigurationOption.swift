import ArgumentParser
import Foundation

/// `--config`, common to the commands that need a configuration.
struct ConfigurationOption: ParsableArguments {
    @Option(name: .customLong("config"), help: ArgumentHelp("The configuration file.", valueName: "file"))
    var file: String

    func load(flags: Configuration.Flags = .init()) throws -> Configuration {
        try Configuration.load(file: file, environment: ProcessInfo.processInfo.environment, flags: flags)
    }
}
