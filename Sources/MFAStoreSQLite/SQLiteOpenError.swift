/// Why a database cannot be opened. One sentence.
public struct SQLiteOpenError: Error, Sendable, Equatable, CustomStringConvertible {
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
