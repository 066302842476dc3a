import ArgumentParser
import CountersignClient
import Foundation

/// The flags of every command that speaks to a server.
struct ConnectionOptions: ParsableArguments {
    @Option(help: .init("Configuration file.", valueName: "file"))
    var config: String?

    @Option(
        help: .init("Where the server is; \(ClientSettings.defaultAddress) unless configured.", valueName: "host:port"))
    var address: String?

    @Option(help: .init("Authorities of the server's certificate, PEM.", valueName: "file"))
    var ca: String?

    @Option(help: .init("Client certificate, PEM.", valueName: "file"))
    var certificate: String?

    @Option(help: .init("Its private key, PEM.", valueName: "file"))
    var key: String?

    @Option(help: .init("Name in the server's certificate, where it is not the host.", valueName: "name"))
    var serverName: String?

    @Flag(help: "Without TLS, to a development server on loopback.")
    var plaintext = false

    @Option(help: .init("Tenant; `default` unless configured.", valueName: "name"))
    var tenant: String?

    @Option(help: .init("Seconds until a call is given up; 10 unless configured.", valueName: "seconds"))
    var timeout: String?

    func settings() throws -> ClientSettings {
        let environment = ProcessInfo.processInfo.environment
        var flags: [Setting: String] = [:]
        flags[.address] = address
        flags[.ca] = ca
        flags[.certificate] = certificate
        flags[.key] = key
        flags[.serverName] = serverName
        flags[.plaintext] = plaintext ? "true" : nil
        flags[.tenant] = tenant
        flags[.timeoutSeconds] = timeout
        var sources: [ClientSettings.Source] = [
            .init(values: flags) { $0 == .timeoutSeconds ? "--timeout" : "--\($0.rawValue)" },
            .environment(environment),
        ]
        if let path = config ?? ConfigurationFile.defaultPath(environment: environment) {
            sources.append(try .file(path))
        }
        return try ClientSettings(sources)
    }
}
