import Foundation

/// The real `countersignd`, as the build made it beside these tests.
struct Program {
    struct Outcome {
        let status: Int32
        let output: String
        let errors: String
    }

    static var url: URL {
        URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
            .appending(path: "countersignd")
    }

    /// Runs it to its end, which must come within 30 seconds. Its output goes to files, so that it can never block
    /// on a full pipe.
    static func run(_ arguments: [String], environment: [String: String] = [:], program: URL = url) async throws
        -> Outcome
    {
        let folder = try TemporaryFolder()
        let process = try start(arguments, environment: environment, program: program, in: folder)
        let deadline = ContinuousClock.now + .seconds(30)
        // Not `waitUntilExit`: it would hold one of the few threads that all tests share.
        while process.isRunning {
            if ContinuousClock.now > deadline { kill(process.processIdentifier, SIGKILL) }
            try await Task.sleep(for: .milliseconds(5))
        }
        return Outcome(
            status: process.terminationStatus, output: try folder.text("output"), errors: try folder.text("errors"))
    }

    static func start(
        _ arguments: [String], environment: [String: String] = [:], program: URL = url, in folder: TemporaryFolder
    ) throws -> Process {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.environment = ["PATH": "/usr/bin:/bin"].merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try folder.writing("output")
        process.standardError = try folder.writing("errors")
        try process.run()
        return process
    }
}
