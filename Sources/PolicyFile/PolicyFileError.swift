/// What is wrong with a policy file, and where.
public struct PolicyFileError: Error, Sendable, Equatable, CustomStringConvertible {
    public let file: String
    /// From 1.
    public let line: Int
    public let column: Int
    /// Names of keys joined by dots; empty for the file as a whole.
    public let key: String
    public let problem: String

    public var description: String {
        "\(file):\(line):\(column): \(key.isEmpty ? "" : key + ": ")\(problem)"
    }
}
