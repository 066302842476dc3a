import Foundation

/// The reader nobody here wrote: Debian's zbar-tools.
enum Zbar {
    struct Failure: Error {
        let status: Int32
    }

    static func read(_ image: [UInt8], suffix: String) throws -> String {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).\(suffix)")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(image).write(to: file)

        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["zbarimg", "--quiet", "--nodbus", "--raw", "-Sdisable", "-Sqrcode.enable", file.path]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(status: process.terminationStatus) }
        // zbarimg ends each symbol with a line feed of its own.
        return String(decoding: data.dropLast(), as: UTF8.self)
    }
}
