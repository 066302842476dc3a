import Foundation

/// sslscan, where it is installed.
enum Scanner {
    static let path: String? = ["/usr/bin/sslscan", "/usr/local/bin/sslscan"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    /// The report's lines, with runs of spaces made one.
    static func run(address: String, certificate: String, key: String) async throws -> [String] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path ?? "/nonexistent")
        process.arguments = ["--no-colour", "--certs=\(certificate)", "--pk=\(key)", address]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        let report = Task.detached { try output.fileHandleForReading.readToEnd() ?? Data() }
        try process.run()
        return String(decoding: try await report.value, as: UTF8.self).split(separator: "\n").map {
            $0.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
        }
    }
}
