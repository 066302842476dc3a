import Foundation
import MFADelivery
import MFATesting
import Synchronization
import Testing

/// Tests/Interoperability/smtp_process.py, a real SMTP server (Debian: python3-aiosmtpd) with trouble on demand.
final class SMTPTestServer: Sendable {
    enum Mode: String {
        case plain, starttls, nostarttls, tls
    }

    struct Mail: Decodable, Sendable {
        let from: String
        let to: [String]
        let data: String
        /// The client's port, which tells connections apart.
        let peer: Int
        let tls: Bool
        let login: Bool
    }

    struct DidNotStart: Error {}

    let port: Int
    private let mode: Mode
    private let folder: TemporaryDirectory
    private let lines: Lines
    private let process = Process()

    init(_ mode: Mode, _ request: TestAuthority.Request = .server(), trusting trusted: TestAuthority? = nil)
        async throws
    {
        self.mode = mode
        folder = try TemporaryDirectory()
        let authority = try TestAuthority()
        let files = try authority.issue(request).write(to: URL(filePath: folder.path), named: "server")
        try Data((trusted ?? authority).rootPEM.utf8).write(to: URL(filePath: folder.file("ca.pem")))
        let script = Tool.repository + "/Tests/Interoperability/smtp_process.py"
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = [script, mode.rawValue] + (mode == .plain ? [] : [files.certificate, files.key])
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        let lines = Lines()
        self.lines = lines
        output.fileHandleForReading.readabilityHandler = { lines.add($0.availableData) }
        try process.run()
        try await eventually { !lines.all.isEmpty }
        guard let port = lines.all.first.flatMap({ Int($0) }) else { throw DidNotStart() }
        self.port = port
    }

    /// At once: a program started from a thread that blocks signals would not hear a politer one.
    func stop() async throws {
        kill(process.processIdentifier, SIGKILL)
        try await eventually { !process.isRunning }
    }

    var settings: SMTPSettings {
        var settings = SMTPSettings(host: "localhost", port: port, from: "mfa@example.com")
        settings.fromName = "Example"
        settings.caFile = folder.file("ca.pem")
        // Long, since the machine may be busy; tests of time-outs set their own.
        settings.connectTimeoutSeconds = 30
        settings.timeoutSeconds = 60
        settings.security = mode == .plain ? .none : mode == .tls ? .tls : .startTLS
        if mode != .plain {
            settings.username = "user"
            settings.password = .value("p@ss")
        }
        return settings
    }

    /// What it took so far.
    func mails() throws -> [Mail] {
        try lines.all.dropFirst().map { try JSONDecoder().decode(Mail.self, from: Data($0.utf8)) }
    }

    private final class Lines: Sendable {
        private let bytes = Mutex(Data())

        func add(_ data: Data) { bytes.withLock { $0 += data } }

        /// Whole lines alone.
        var all: [String] {
            let text = bytes.withLock { String(decoding: $0, as: UTF8.self) }
            return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
        }
    }
}
