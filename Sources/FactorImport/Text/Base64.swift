internal import Foundation

/// Base64 of RFC 4648, section 4.
enum Base64 {
    /// Strict: padding complete, unused bits zero, nothing skipped, so that two texts never mean one key unnoticed.
    static func decode(_ text: String) -> [UInt8]? {
        guard let data = Data(base64Encoded: text), data.base64EncodedString() == text else { return nil }
        return Array(data)
    }
}
