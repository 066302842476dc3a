import ArgumentParser
import Foundation
import Logging

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the server.",
        discussion: """
            SIGHUP reads the policy file and the databases of places again; a wrong one leaves the present one in force. \
            SIGTERM or SIGINT lets the calls in flight end; a second one ends the program at once.
            """)

    @OptionGroup var configuration: ConfigurationOption

    @Option(help: ArgumentHelp("Listen here instead; port 0 picks a free one.", valueName: "host:port"))
    var listen: String?

    @Flag(help: "Development: loopback only, and plain text where the configuration has no tls section.")
    var dev = false

    @Option(help: ArgumentHelp("Write HOST:PORT to this file once listening.", valueName: "file"))
    var addressFile: String?

    func run() async throws {
        let configuration = try configuration.load(flags: .init(listen: listen, isDev: dev))
        let logger = Logger.countersignd(level: configuration.logLevel)
        for warning in configuration.warnings { logger.warning("\(warning)") }

        let signals = StopSignals()
        let server = try await Server.start(configuration, logger: logger)
        let reload = ReloadSignal { server.reload() }
        if configuration.isDevelopment {
            print(
                Banner(
                    configurationFile: self.configuration.file, configuration: configuration, address: server.address
                ).text)
            // Standard output may be a pipe, which would keep it until the end.
            fflush(nil)
        }
        logger.notice("ready", metadata: ["address": "\(server.address)"])
        if let addressFile { try writeAddress(server.address, to: addressFile) }
        await signals.wait()
        _ = reload
        await server.stop()
    }

    private func writeAddress(_ address: String, to file: String) throws {
        do {
            try TextFile.write(address + "\n", to: file, mode: 0o644)
        } catch {
            throw StartError("--address-file: \(file): \(error.reason)")
        }
    }
}
