/// A name, or the beginning of one where the pattern ends with "*".
public struct NamePattern: Sendable, Hashable {
    public let text: String

    public init(_ text: String) {
        self.text = text
    }

    public func matches(_ name: String) -> Bool {
        text.hasSuffix("*") ? name.utf8.starts(with: text.utf8.dropLast()) : name.utf8.elementsEqual(text.utf8)
    }
}
