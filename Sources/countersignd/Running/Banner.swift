import Foundation
import MFAWire

/// What a developer sees at start: that this is no production, what listens, what to type next.
struct Banner {
    let configurationFile: String
    let configuration: Configuration
    let address: String

    var text: String {
        let isTLS = if case .tls = configuration.security { true } else { false }
        let database =
            switch configuration.store {
            case .sqlite(let path, _): path
            }
        let options = connectionOptions(isTLS: isTLS)
        return """

            ┌──────────────────────────────────────────────────────────────────────┐
            │  DEVELOPMENT: keys and settings for this machine, not for production │
            └──────────────────────────────────────────────────────────────────────┘
              listening   \(address), \(isTLS ? "TLS with client certificates" : "PLAIN TEXT, every caller may do everything")
              database    \(database)
              key ring    \(configuration.keyRingPath)

              Next, in another terminal:
                \(program) enroll totp alice\(options)
                \(program) ping\(options)
                \(program) --help

              Ctrl-C stops it.

            """
    }

    /// The command line beside this program; else wherever the shell finds it.
    private var program: String {
        let own = CommandLine.arguments.first ?? ""
        let beside = own.lastIndex(of: "/").map { String(own[...$0]) + "countersign" }
        return beside.flatMap { TextFile.exists($0) ? $0 : nil } ?? "countersign"
    }

    /// What the command line needs to find this server.
    private func connectionOptions(isTLS: Bool) -> String {
        guard isTLS else { return " --address \(address) --plaintext" }
        let folder = configurationFile.lastIndex(of: "/").map { String(configurationFile[...$0]) } ?? ""
        let client = folder + "client.yaml"
        // The file names the default address.
        let other = address == "127.0.0.1:7443" ? "" : " --address \(address)"
        return TextFile.exists(client) ? " --config \(client)" + other : " --address \(address)"
    }
}
