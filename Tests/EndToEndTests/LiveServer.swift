import Foundation
import MFATesting

/// The real `countersignd`, laid out by its own `init`, on a free port.
final class LiveServer: Sendable {
    let folder: TemporaryDirectory
    let address: String
    private let processID: Int32

    static func start() async throws -> LiveServer {
        let folder = try TemporaryDirectory()
        try await Shell.run("countersignd init --directory var", in: folder)
        let log = folder.file("server.log")
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        let process = try Shell.start(
            "exec countersignd serve --config var/countersignd.yaml --listen 127.0.0.1:0 --address-file address",
            in: folder, log: log)
        let end = ContinuousClock.now + .seconds(60)
        while true {
            if let address = FileManager.default.contents(atPath: folder.file("address")), address.last == 0x0A {
                return LiveServer(
                    folder: folder, address: String(decoding: address.dropLast(), as: UTF8.self),
                    processID: process.processIdentifier)
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
        self.processID = processID
    }

    deinit {
        kill(processID, SIGKILL)
    }

    /// What the command line needs to reach it.
    var environment: [String: String] {
        ["COUNTERSIGN_ADDRESS": address, "COUNTERSIGN_CONFIG": folder.file("var/client.yaml")]
    }
}
