/// Why settings of delivery were refused: which key, or which file, and what is wrong with it.
public struct DeliverySettingsError: Error, Equatable, CustomStringConvertible {
    /// The key's path below the part that was being read, or a file's path.
    public let key: String
    public let problem: String

    public init(key: String, problem: String) {
        self.key = key
        self.problem = problem
    }

    public var description: String { "\(key): \(problem)" }
}
