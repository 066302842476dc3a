internal import Foundation
public import MFADomain

/// The system's generator, asked for 16 bytes at a time: an id takes one system call.
public struct SystemEntropy: Entropy {
    private var words: (UInt64, UInt64) = (0, 0)
    private var left = 0

    public init() {}

    public mutating func next() -> UInt64 {
        if left == 0 { refill() }
        left -= 1
        return left == 1 ? words.0 : words.1
    }

    private mutating func refill() {
        left = 2
        if withUnsafeMutableBytes(of: &words, { getentropy($0.baseAddress, $0.count) }) != 0 {
            // What Swift itself asks; it ends the program rather than give weak bits.
            var generator = SystemRandomNumberGenerator()
            words = (generator.next(), generator.next())
        }
    }
}
