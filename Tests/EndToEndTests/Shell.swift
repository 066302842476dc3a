import Foundation
import MFATesting

/// A POSIX shell with the programs of this build in its PATH.
enum Shell {
    /// Where the build put the programs, beside these tests.
    static let programs = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .path
    static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Runs a script to its end, which must come within two minutes; throws unless its exit status is 0.
    static func run(_ script: String, in folder: TemporaryDirectory, environment: [String: String] = [:]) async throws {
        let log = folder.file("shell.log")
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        let process = try start(script, in: folder, log: log, environment: environment)
        let end = ContinuousClock.now + .seconds(120)
        // Not `waitUntilExit`: it would hold one of the few threads that all tests share.
        while process.isRunning {
            if ContinuousClock.now > end { kill(process.processIdentifier, SIGKILL) }
            try await Task.sleep(for: .milliseconds(5))
        }
        guard process.terminationStatus == 0 else {
            let text = FileManager.default.contents(atPath: log).map { String(decoding: $0, as: UTF8.self) }
            throw Failure(description: "status \(process.terminationStatus): \(text ?? "")")
        }
    }

    static func start(
        _ script: String, in folder: TemporaryDirectory, log: String, environment: [String: String] = [:]
    ) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", script]
        process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
        process.environment = ["PATH": "\(programs):/usr/bin:/bin", "HOME": folder.path].merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        let output = FileHandle(forWritingAtPath: log) ?? FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        try process.run()
        return process
    }
}
