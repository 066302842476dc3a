public import Foundation

/// A fresh folder, gone with the value that made it.
public final class TemporaryDirectory: Sendable {
    public let path: String

    public init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("countersign-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        path = url.path
    }

    public func file(_ name: String) -> String { path + "/" + name }

    /// Every byte of every file, for looking for what must not be there.
    public func contents() throws -> [String: Data] {
        var contents: [String: Data] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: path) {
            contents[name] = FileManager.default.contents(atPath: file(name))
        }
        return contents
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}
