public import Foundation

/// Runs a program from Debian's packages and gives what it printed.
public enum Tool {
    public struct Failure: Error {
        public let command: [String]
        public let status: Int32
        public let output: String
    }

    /// The top of the repository.
    public static let repository = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    public static func run(_ command: [String], input: Data = Data()) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        let (stdin, stdout) = (Pipe(), Pipe())
        process.standardInput = stdin
        process.standardOutput = stdout
        try process.run()
        try stdin.fileHandleForWriting.write(contentsOf: input)
        try stdin.fileHandleForWriting.close()
        let output = String(decoding: try stdout.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(command: command, status: process.terminationStatus, output: output)
        }
        return output
    }

    /// The folder of MaxMind's test databases, which are fetched if they are not there.
    public static func placeDatabases() throws -> String {
        try run([repository + "/Tests/Interoperability/place_databases.sh"]).trimmingCharacters(in: .newlines)
    }

    /// Tests/Interoperability/oracles.py, which asks pyotp, oathtool and zbarimg.
    public static func oracles(_ arguments: String...) throws -> String {
        try run(["/usr/bin/python3", repository + "/Tests/Interoperability/oracles.py"] + arguments)
    }
}
