import Foundation

/// Text files that a command is given.
enum TextInput {
    private static let maxBytes = 4 << 20

    static func file(_ path: String) throws -> String {
        guard let handle = FileHandle(forReadingAtPath: path), let data = try? handle.read(upToCount: maxBytes + 1)
        else {
            throw Complaint("cannot read \(path)")
        }
        guard data.count <= maxBytes, let text = String(bytes: data, encoding: .utf8) else {
            throw Complaint("\(path) is not a text in UTF-8, or too large")
        }
        return text
    }
}
