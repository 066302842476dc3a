import Foundation
import MFATesting
import NIOCore
import NIOPosix
import Testing

/// Kannel with its fake SMS centre (Debian: kannel, kannel-extras), and the phone's side of it.
final class KannelGateway: Sendable {
    struct Message: Equatable, Sendable {
        let from: String
        let to: String
        /// `text`, or `ucs-2` with the bytes percent-encoded.
        let kind: String
        let text: String
    }

    let sendPort: Int
    private let folder: TemporaryDirectory
    private let programs: [Process]

    init() async throws {
        folder = try TemporaryDirectory()
        var ports: [Int] = []
        for _ in 0..<4 { ports.append(try await Self.freePort()) }
        sendPort = ports[3]
        let configuration = """
            group = core
            admin-port = \(ports[0])
            admin-password = x
            smsbox-port = \(ports[1])
            dlr-storage = internal

            group = smsc
            smsc = fake
            smsc-id = fake
            port = \(ports[2])
            connect-allow-ip = 127.0.0.1

            group = smsbox
            bearerbox-host = 127.0.0.1
            bearerbox-port = \(ports[1])
            sendsms-port = \(ports[3])
            global-sender = 13013

            group = sendsms-user
            username = user
            password = "p&ss"

            group = sms-service
            keyword = default
            text = "x"

            """
        try Data(configuration.utf8).write(to: URL(filePath: folder.file("kannel.conf")))
        let log = folder.file("phone.log")
        try Data().write(to: URL(filePath: log))
        let phone = try FileHandle(forWritingTo: URL(filePath: log))
        let bearerbox = try Self.start("/usr/sbin/bearerbox", [folder.file("kannel.conf")])
        programs = [
            bearerbox, try await Self.started("/usr/sbin/smsbox", [folder.file("kannel.conf")], after: ports[1]),
            try await Self.started(
                "/usr/lib/kannel/test/fakesmsc",
                ["-H", "127.0.0.1", "-r", "\(ports[2])", "-m", "1", "100 200 text hello"], after: ports[2],
                output: phone),
        ]
        // The centre is linked up once the message that it sends at first was answered.
        try await eventually { try !received().isEmpty }
    }

    /// What reached the phone, but for Kannel's answer to the centre's first message.
    func messages() throws -> [Message] {
        try received().filter { $0.to != "100" }
    }

    func stop() async throws {
        for program in programs.reversed() { kill(program.processIdentifier, SIGKILL) }
        try await eventually { programs.allSatisfy { !$0.isRunning } }
    }

    private func received() throws -> [Message] {
        let log = try String(contentsOfFile: folder.file("phone.log"), encoding: .utf8)
        return log.matches(of: #/Got message \d+: <(\S+) (\S+) (\S+) (.*)>/#).map {
            Message(
                from: String($0.output.1), to: String($0.output.2), kind: String($0.output.3),
                text: String($0.output.4))
        }
    }

    private static func start(_ path: String, _ arguments: [String], output: FileHandle = .nullDevice) throws -> Process
    {
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = output
        try process.run()
        return process
    }

    /// Starts a program once somebody listens on a port.
    private static func started(
        _ path: String, _ arguments: [String], after port: Int, output: FileHandle = .nullDevice
    ) async throws -> Process {
        try await eventually {
            guard let channel = try? await connect(port) else { return false }
            try? await channel.close().get()
            return true
        }
        return try start(path, arguments, output: output)
    }

    private static func connect(_ port: Int) async throws -> any NIOCore.Channel {
        try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(host: "127.0.0.1", port: port)
            .get()
    }

    private static func freePort() async throws -> Int {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = channel.localAddress?.port ?? 0
        try await channel.close().get()
        return port
    }
}
