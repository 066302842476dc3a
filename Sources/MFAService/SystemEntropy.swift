public import MFADomain

/// The system's generator.
public struct SystemEntropy: Entropy {
    private var generator = SystemRandomNumberGenerator()

    public init() {}

    public mutating func next() -> UInt64 {
        generator.next()
    }
}
