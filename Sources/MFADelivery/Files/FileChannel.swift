internal import Foundation
public import MFADomain

/// Writes messages into a folder in place of sending them, for development. Holds codes in clear: never for
/// production.
public struct FileChannel: Channel {
    private let folder: String
    private let templates: MessageTemplates
    private let now: @Sendable () -> Timestamp

    /// Makes the folder. Throws a ``DeliverySettingsError`` that names it.
    public init(
        folder: String, templates: MessageTemplates, now: @escaping @Sendable () -> Timestamp = { .system }
    ) throws(DeliverySettingsError) {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw DeliverySettingsError(key: folder, problem: "cannot be made a folder")
        }
        guard access(folder, W_OK | X_OK) == 0 else {
            throw DeliverySettingsError(key: folder, problem: "cannot be written to")
        }
        self.folder = folder
        self.templates = templates
        self.now = now
    }

    public func send(_ envelope: Envelope) async -> SendReport {
        let message = envelope.message
        // By time first, so that a listing is in order.
        let name = "\(Self.time(now()))-\(message.channel)-\(message.id.text)"
        let isWritten = Self.write(content(of: envelope), to: "\(folder)/\(name).txt", draft: "\(folder)/.\(name)")
        return isWritten
            ? SendReport(outcome: .accepted, provider: "file", providerMessageID: name)
            : SendReport(outcome: .failed, provider: "file", reason: "WRITE")
    }

    public func close() async {}

    private func content(of envelope: Envelope) -> String {
        let message = envelope.message
        var lines = ["channel: \(message.channel)", "to: \(Self.line(message.recipient))"]
        if let text = templates.text(for: envelope) {
            if !text.subject.isEmpty { lines.append("subject: \(Self.line(text.subject))") }
            lines += ["", text.text]
        } else {
            let data = PushNotification(envelope)?.data ?? [:]
            lines += data.sorted { $0.key < $1.key }.map { "\($0.key): \(Self.line($0.value))" }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func line(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.filter { !$0.isControl }))
    }

    /// `20260131T235959.999Z`.
    private static func time(_ moment: Timestamp) -> String {
        let date = Date(timeIntervalSince1970: Double(moment.milliseconds) / 1000)
        return date.formatted(
            .verbatim(
                "\(year: .padded(4))\(month: .twoDigits)\(day: .twoDigits)T\(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased))\(minute: .twoDigits)\(second: .twoDigits).\(secondFraction: .fractional(3))Z",
                timeZone: .gmt, calendar: Calendar(identifier: .gregorian)))
    }

    /// Whole or not at all, and for nobody but its owner. Development may wait for a disk.
    private static func write(_ text: String, to path: String, draft: String) -> Bool {
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { return false }
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            bytes = bytes.dropFirst(count)
        }
        guard Foundation.close(descriptor) == 0, bytes.isEmpty, rename(draft, path) == 0 else {
            unlink(draft)
            return false
        }
        return true
    }
}
