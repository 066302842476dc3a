import Foundation
import Logging
import Synchronization
import Testing

@testable import countersignd

/// CONTROLS row 127: nothing that comes from outside ends a line, steers a terminal or fills the disk.
struct LineLogHandlerTests {
    private func line(_ format: LineLogHandler.Format, _ message: String, _ metadata: Logger.Metadata = [:]) -> String {
        let written = Mutex("")
        var logger = Logger(label: "test") { _ in
            LineLogHandler(format: format, now: { timespec(tv_sec: 951_782_400, tv_nsec: 7_000_000) }) { line in
                written.withLock { $0 += line }
            }
        }
        logger.logLevel = .debug
        logger.info("\(message)", metadata: metadata)
        return written.withLock { $0 }
    }

    @Test("A line is one JSON object with time, level and message")
    func json() throws {
        #expect(
            line(.json, "ready", ["address": "127.0.0.1:7443"])
                == #"{"time":"2000-02-29T00:00:00.007Z","level":"info","message":"ready","address":"127.0.0.1:7443"}"#
                + "\n")
    }

    private func holdsUnsafe(_ text: Substring) -> Bool {
        text.unicodeScalars.contains { $0.isUnsafeInALine }
    }

    static let hostile = [
        "a\nb", "a\r\nb", "a\u{1B}[31mb", "a\u{202E}b", "a\u{0}b", "a\u{2028}b", "a\u{85}b", "a\u{E0041}b", "\"},{\"",
        "\\", "a\u{200B}b",
    ]

    @Test("Whatever the value, it is one line that reads back", arguments: hostile)
    func hostileJSON(_ value: String) throws {
        let line = line(.json, value, ["subject": "\(value)"])
        #expect(line.last == "\n")
        #expect(!holdsUnsafe(line.dropLast()))
        let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String])
        #expect(object["message"] == value && object["subject"] == value)
    }

    @Test("At a terminal too, nothing unsafe is printed", arguments: hostile)
    func hostilePlain(_ value: String) {
        let line = line(.plain, value, ["subject": "\(value)"])
        #expect(!holdsUnsafe(line.dropLast()))
    }

    @Test("A value of a megabyte is cut", arguments: [LineLogHandler.Format.json, .plain])
    func cut(_ format: LineLogHandler.Format) {
        #expect(line(format, "x", ["subject": "\(String(repeating: "a", count: 1 << 20))"]).utf8.count < 1_500)
    }
}
