import Foundation

/// The three standard streams.
enum Standard {
    static func output(_ line: String) {
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }

    static func error(_ line: String) {
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }

    static var isErrorTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// The first line of standard input, without its end.
    static func inputLine() throws -> String {
        guard let line = readLine(strippingNewline: true), !line.isEmpty else {
            throw Complaint("standard input is empty")
        }
        return line
    }

    static func wholeInput() throws -> String {
        guard let data = try FileHandle.standardInput.readToEnd() else { return "" }
        return String(decoding: data, as: UTF8.self)
    }
}
