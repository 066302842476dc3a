/// Bytes that are not the message they should be. Says nothing of what the bytes were.
public struct FieldError: Error, Sendable, Hashable {
    public init() {}
}
