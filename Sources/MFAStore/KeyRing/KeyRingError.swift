/// Why a key ring cannot be used. One sentence, without any key.
public struct KeyRingError: Error, Sendable, Equatable, CustomStringConvertible {
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
