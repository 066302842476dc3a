import Foundation
import Logging

/// Writes each event as one line, by one write: JSON for machines, plain text at a terminal. Values come from
/// outside, so nothing in them may end the line, steer a terminal or fill the disk.
struct LineLogHandler: LogHandler {
    enum Format: Sendable { case json, plain }

    var logLevel: Logger.Level = .info
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    private let format: Format
    private let write: @Sendable (String) -> Void
    private let now: @Sendable () -> timespec

    /// Longest value of a line, in characters.
    static let longestValue = 1_024

    init(
        format: Format, now: @escaping @Sendable () -> timespec = Self.wallClock,
        write: @escaping @Sendable (String) -> Void = Self.standardError
    ) {
        self.format = format
        self.now = now
        self.write = write
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var values = metadata
        if let provided = metadataProvider?.get() { values.merge(provided) { $1 } }
        if let own = event.metadata { values.merge(own) { $1 } }
        let pairs = values.sorted { $0.key < $1.key }
        let message = event.message.description
        switch format {
        case .json:
            var line = "{\"time\":\"\(Self.utc(now()))\",\"level\":\"\(event.level)\",\"message\":"
            Self.appendJSON(message, to: &line)
            for (key, value) in pairs {
                line += ","
                Self.appendJSON(key, to: &line)
                line += ":"
                Self.appendJSON(value.description, to: &line)
            }
            write(line + "}\n")
        case .plain:
            var line = "\(Self.utc(now())) \(event.level): \(message.printable(longest: Self.longestValue))"
            for (key, value) in pairs {
                line += " \(key.printable())=\(value.description.printable(longest: Self.longestValue))"
            }
            write(line + "\n")
        }
    }

    private static func appendJSON(_ text: String, to line: inout String) {
        line += "\""
        for (index, scalar) in text.unicodeScalars.enumerated() {
            if index == longestValue {
                line += "…"
                break
            }
            switch scalar {
            case "\"": line += "\\\""
            case "\\": line += "\\\\"
            default:
                if scalar.isUnsafeInALine {
                    for unit in String(scalar).utf16 {
                        let digits = String(unit, radix: 16)
                        line += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                    }
                } else {
                    line.unicodeScalars.append(scalar)
                }
            }
        }
        line += "\""
    }

    /// RFC 3339 with milliseconds.
    private static func utc(_ time: timespec) -> String {
        var seconds = time.tv_sec
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func digits(_ number: Int, _ width: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        let date = "\(parts.tm_year + 1_900)-\(digits(Int(parts.tm_mon) + 1, 2))-\(digits(Int(parts.tm_mday), 2))"
        let clock = "\(digits(Int(parts.tm_hour), 2)):\(digits(Int(parts.tm_min), 2)):\(digits(Int(parts.tm_sec), 2))"
        return "\(date)T\(clock).\(digits(time.tv_nsec / 1_000_000, 3))Z"
    }

    private static let wallClock: @Sendable () -> timespec = {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return time
    }

    private static let standardError: @Sendable (String) -> Void = { line in
        var bytes = Array(line.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Foundation.write(STDERR_FILENO, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            // Nowhere to complain: the line is lost, the call it tells of is not.
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }
}

extension Logger {
    /// To standard error: text at a terminal, JSON otherwise.
    static func countersignd(level: LogLevel) -> Logger {
        let format: LineLogHandler.Format = isatty(STDERR_FILENO) == 1 ? .plain : .json
        var logger = Logger(label: "countersignd") { _ in LineLogHandler(format: format) }
        logger.logLevel = level.level
        return logger
    }
}
