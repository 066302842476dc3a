import ArgumentParser

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Run the server.")

    @OptionGroup var configuration: ConfigurationOption

    @Option(help: ArgumentHelp("Listen here instead; port 0 picks a free one.", valueName: "host:port"))
    var listen: String?

    @Flag(help: "Development: loopback only, and plain text where the configuration has no tls section.")
    var dev = false

    @Option(help: ArgumentHelp("Write HOST:PORT to this file once listening.", valueName: "file"))
    var addressFile: String?

    func run() async throws {
        let configuration = try configuration.load(flags: .init(listen: listen, isDev: dev))
        _ = configuration
    }
}
