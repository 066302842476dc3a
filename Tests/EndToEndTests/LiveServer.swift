import Foundation
import MFATesting
import Synchronization

/// The real `countersignd`, laid out by its own `init`, on a free port.
final class LiveServer: Sendable {
    let folder: TemporaryDirectory
    let address: String
    private let processID: Mutex<Int32>

    /// - Parameter setup: A script that changes what `init` has made.
    static func start(setup: String = ":") async throws -> LiveServer {
        let folder = try TemporaryDirectory()
        try await Shell.run("countersignd init --directory var && \(setup)", in: folder)
        let (address, processID) = try await serve(on: "127.0.0.1:0", in: folder)
        return LiveServer(folder: folder, address: address, processID: processID)
    }

    /// Kills the server, as a fault would, and starts it again at the same address.
    func restart() async throws {
        kill(processID.withLock { $0 }, SIGKILL)
        try FileManager.default.removeItem(atPath: folder.file("address"))
        let (_, newID) = try await Self.serve(on: address, in: folder)
        processID.withLock { $0 = newID }
    }

    private static func serve(
        on address: String, in folder: TemporaryDirectory
    ) async throws -> (address: String, processID: Int32) {
        let log = folder.file("server.log")
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        let process = try Shell.start(
            "exec countersignd serve --config var/countersignd.yaml --listen \(address) --address-file address",
            in: folder, log: log)
        let end = ContinuousClock.now + .seconds(60)
        while true {
            if let address = FileManager.default.contents(atPath: folder.file("address")), address.last == 0x0A {
                return (String(decoding: address.dropLast(), as: UTF8.self), process.processIdentifier)
            }
            guard process.isRunning, ContinuousClock.now < end else {
                kill(process.processIdentifier, SIGKILL)
                let text = FileManager.default.contents(atPath: log).map { String(decoding: $0, as: UTF8.self) }
                throw Shell.Failure(description: "the server did not start: \(text ?? "")")
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    private init(folder: TemporaryDirectory, address: String, processID: Int32) {
        self.folder = folder
        self.address = address
        self.processID = Mutex(processID)
    }

    deinit {
        kill(processID.withLock { $0 }, SIGKILL)
    }

    /// What the command line needs to reach it.
    var environment: [String: String] {
        ["COUNTERSIGN_ADDRESS": address, "COUNTERSIGN_CONFIG": folder.file("var/client.yaml")]
    }
}
