import ArgumentParser
import CountersignClient

struct Ping: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Ask the server whether it serves, and tell how long connecting and a call take.")

    @Flag(help: "Wait for a server that is still starting, as long as --timeout allows.") var wait = false
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func run() async throws {
        var configuration = try connection.settings().client
        configuration.waitsForServer = wait
        let client = try await CountersignClient(configuration)
        let connect = try await client.ping()
        let latency = try await client.ping()
        await client.shutdown()
        Standard.output(
            JSONValue.object([
                "address": .string("\(configuration.host):\(configuration.port)"),
                "status": .string("SERVING"),
                "first_call_ms": .number(Self.milliseconds(connect)),
                "latency_ms": .number(Self.milliseconds(latency)),
            ]).text())
    }

    private static func milliseconds(_ duration: Duration) -> String {
        let tenths = Int64((duration / .microseconds(10)).rounded())
        return "\(tenths / 100).\(tenths % 100 / 10)\(tenths % 10)"
    }
}
