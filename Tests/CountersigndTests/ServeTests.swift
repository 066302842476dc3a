import Foundation
import MFAStore
import Testing

@testable import countersignd

/// The real program: start, stop, and what keeps it from starting.
struct ServeTests {
    /// A server in a folder of its own, stopped with the test.
    private final class Running {
        let folder: TemporaryFolder
        let process: Process

        init(folder: TemporaryFolder, arguments: [String] = []) async throws {
            self.folder = folder
            process = try Program.start(
                [
                    "serve", "--config", "\(folder.path)/countersignd.yaml", "--listen", "127.0.0.1:0",
                    "--address-file", "\(folder.path)/address",
                ] + arguments, in: folder)
            try await until("it listens") { (try? folder.text("address"))?.isEmpty == false }
        }

        /// Waits for a condition, or fails after 20 seconds.
        func until(_ what: String, _ condition: () throws -> Bool) async throws {
            let deadline = ContinuousClock.now + .seconds(20)
            while try !condition() {
                guard ContinuousClock.now < deadline else {
                    Issue.record("not within 20 seconds: \(what)\n\((try? folder.text("errors")) ?? "")")
                    throw CancellationError()
                }
                try await Task.sleep(for: .milliseconds(5))
            }
        }

        func stop() async throws {
            process.terminate()
            try await until("it ends") { !process.isRunning }
        }

        func port() throws -> UInt16 {
            let address = try folder.text("address").trimmingCharacters(in: .newlines)
            return try #require(address.split(separator: ":").last.flatMap { UInt16($0) })
        }

        deinit {
            if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        }
    }

    private func developmentFolder() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        _ = try DevelopmentFiles(directory: folder.path).make()
        return folder
    }

    @Test(
        "It says what listens and what to type next, and ends with status 0 when asked to",
        arguments: [SIGTERM, SIGINT])
    func startAndStop(_ signal: Int32) async throws {
        let folder = try developmentFolder()
        let server = try await Running(folder: folder)
        try await server.until("the banner") { try folder.text("output").contains("enroll totp alice") }
        let output = try folder.text("output")
        let port = try server.port()
        #expect(output.contains("DEVELOPMENT") && output.contains("127.0.0.1:\(port)"))
        #expect(try folder.text("errors").contains(#""message":"ready","address":"127.0.0.1:\#(port)""#))

        kill(server.process.processIdentifier, signal)
        try await server.until("it ends") { !server.process.isRunning }
        #expect(server.process.terminationStatus == 0)
        #expect(server.process.terminationReason == .exit)
    }

    @Test("A second signal ends it at once, whatever is in flight")
    func secondSignal() async throws {
        let folder = try developmentFolder()
        let server = try await Running(folder: folder, arguments: ["--dev"])
        // A connection that says nothing, so that there is something to wait for.
        let silent = try TCPPeer(port: try server.port())
        defer { silent.close() }
        kill(server.process.processIdentifier, SIGTERM)
        try await server.until("it stops") { try folder.text("errors").contains("stopping") }
        kill(server.process.processIdentifier, SIGTERM)
        try await server.until("it ends") { !server.process.isRunning }
    }

    @Test("A second server on one database is refused, and the first goes on")
    func secondProcess() async throws {
        let folder = try developmentFolder()
        let server = try await Running(folder: folder)
        let second = try await Program.run([
            "serve", "--config", "\(folder.path)/countersignd.yaml", "--listen", "127.0.0.1:0",
        ])
        #expect(second.status == 1)
        #expect(second.errors.contains("another process is using it"))
        #expect(server.process.isRunning)
    }

    @Test("An address in use is named, with status 1")
    func addressInUse() async throws {
        let server = try await Running(folder: try developmentFolder())
        let other = try developmentFolder()
        let outcome = try await Program.run([
            "serve", "--config", "\(other.path)/countersignd.yaml", "--listen", "127.0.0.1:\(try server.port())",
        ])
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("cannot listen on 127.0.0.1:\(try server.port())"))
    }

    @Test(
        "A database that is damaged, foreign or under another key ring is refused, and left as it is",
        arguments: ["foreign key ring", "cut short", "empty", "no database", "another program's"])
    func unfitDatabase(_ fault: String) async throws {
        let folder = try developmentFolder()
        let server = try await Running(folder: folder)
        try await server.stop()
        let database = "\(folder.path)/data/countersign.db"
        let content = try Data(contentsOf: URL(filePath: database))
        switch fault {
        case "foreign key ring":
            try FileManager.default.removeItem(atPath: "\(folder.path)/keys/keyring.json")
            try KeyRing.generate().save(path: "\(folder.path)/keys/keyring.json")
        case "cut short": try content.prefix(content.count / 2).write(to: URL(filePath: database))
        case "empty": try Data().write(to: URL(filePath: database))
        case "no database":
            try Data("not a database, though as long as a page\n".utf8).write(to: URL(filePath: database))
        default:
            // The application id in the header, at offset 68 (https://www.sqlite.org/fileformat2.html#application_id).
            var foreign = content
            foreign.replaceSubrange(68..<72, with: [0, 0, 0, 1])
            try foreign.write(to: URL(filePath: database))
        }
        let before = try Data(contentsOf: URL(filePath: database))
        let inventory = try folder.inventory()

        let outcome = try await Program.run([
            "serve", "--config", "\(folder.path)/countersignd.yaml", "--listen", "127.0.0.1:0",
        ])

        #expect(outcome.status == 1)
        #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
        #expect(outcome.errors.hasPrefix("countersignd: database \(database): "), "\(outcome.errors)")
        #expect(try Data(contentsOf: URL(filePath: database)) == before)
        #expect(try folder.inventory() == inventory)
    }

    @Test("vacuum needs the database for itself, and there must be one")
    func vacuum() async throws {
        let folder = try developmentFolder()
        let arguments = ["vacuum", "--config", "\(folder.path)/countersignd.yaml"]
        let before = try folder.inventory()
        #expect(try await Program.run(arguments).status == 1)
        #expect(try folder.inventory() == before)

        let server = try await Running(folder: folder)
        #expect(try await Program.run(arguments).errors.contains("another process is using it"))
        try await server.stop()
        let outcome = try await Program.run(arguments)
        #expect(outcome.status == 0, "\(outcome.errors)")
    }
}
