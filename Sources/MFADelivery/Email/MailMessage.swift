internal import Foundation

/// An e-mail as it goes over the wire: headers and a text, with an HTML part if there is one (RFC 5322, RFC 2046).
struct MailMessage: Sendable {
    var from: MailAddress
    var fromName: String
    var to: MailAddress
    var subject: String
    /// Without brackets.
    var messageID: String
    var date: Date
    var text: String
    var html: String?

    /// CRLF at the end of every line, no line longer than 78 bytes but for addresses, ASCII throughout.
    var bytes: [UInt8] {
        var lines = [
            "From: \(sender)", "To: <\(to.text)>", "Subject: \(MailEncoding.header(subject))",
            "Date: \(Self.text(of: date))", "Message-ID: <\(messageID)>", "MIME-Version: 1.0",
            // Keeps vacation programs from answering (RFC 3834, section 5).
            "Auto-Submitted: auto-generated",
        ]
        if let html {
            // Quoted-printable never writes "=_", so no part holds the boundary.
            let boundary = "=_\(messageID.prefix { $0 != "@" })"
            lines += ["Content-Type: multipart/alternative;", " boundary=\"\(boundary)\"", ""]
            lines += ["--\(boundary)"] + part("plain", text)
            lines += ["--\(boundary)"] + part("html", html)
            lines += ["--\(boundary)--"]
        } else {
            lines += part("plain", text)
        }
        return Array((lines.joined(separator: "\r\n") + "\r\n").utf8)
    }

    private var sender: String {
        fromName.isEmpty ? "<\(from.text)>" : "\(MailEncoding.header(fromName, isPhrase: true)) <\(from.text)>"
    }

    private func part(_ subtype: String, _ content: String) -> [String] {
        [
            "Content-Type: text/\(subtype); charset=utf-8", "Content-Transfer-Encoding: quoted-printable", "",
            MailEncoding.quotedPrintable(content),
        ]
    }

    /// `Fri, 27 Nov 2026 07:28:44 +0000` (RFC 5322, section 3.3).
    private static func text(of date: Date) -> String {
        date.formatted(
            .verbatim(
                "\(weekday: .abbreviated), \(day: .twoDigits) \(month: .abbreviated) \(year: .padded(4)) \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\(second: .twoDigits) +0000",
                locale: Locale(identifier: "en_US_POSIX"), timeZone: .gmt, calendar: Calendar(identifier: .gregorian)))
    }
}
