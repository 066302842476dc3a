internal import Foundation

/// The Retry-After header (RFC 9110, section 10.2.3).
enum RetryAfter {
    static let longestMilliseconds: Int64 = 24 * 3600 * 1000

    /// Milliseconds from now, at most a day; nil for what is neither seconds nor a date.
    static func milliseconds(_ value: String, now: Date = Date()) -> Int64? {
        if !value.isEmpty, value.utf8.count <= 10, value.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            return Int64(value).map { min($0 * 1000, longestMilliseconds) }
        }
        guard value.utf8.count == 29 else { return nil }
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(identifier: "GMT")
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        guard let date = format.date(from: value) else { return nil }
        let seconds = min(max(date.timeIntervalSince(now), 0), 24 * 3600)
        return Int64(seconds * 1000)
    }
}
