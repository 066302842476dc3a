/// A remembered answer with what only its caller's key could open.
public struct Recollection: Sendable {
    public let answer: RememberedAnswer
    /// When it was first given.
    public let at: Timestamp
    public let codes: [String]
}
