/// Somebody at a help desk, as the caller names them.
public struct Operator: Sendable {
    public let name: String

    public init(_ name: String) {
        self.name = name
    }

    /// Upper and lower case, and spaces around, make no other person of one (CONTROLS row 75).
    func isSame(as other: String) -> Bool { Self.folded(name) == Self.folded(other) }

    private static func folded(_ name: String) -> String {
        String(name.split(whereSeparator: \.isWhitespace).joined(separator: " ")).lowercased()
    }

    /// Nobody lets themselves in.
    func checkIsNot(_ subject: String) throws(Refusal) {
        if isSame(as: subject) { throw .operatorIsSubject }
    }
}
