/// A number as protobuf writes it: seven bits a byte, lowest first, the highest bit of all bytes but the last set.
public struct Varint: Sequence, IteratorProtocol {
    @usableFromInline
    var rest: UInt64?

    @inlinable
    public init(_ value: UInt64) {
        rest = value
    }

    @inlinable
    public mutating func next() -> UInt8? {
        guard let value = rest else { return nil }
        guard value >= 0x80 else {
            rest = nil
            return UInt8(truncatingIfNeeded: value)
        }
        rest = value >> 7
        return UInt8(truncatingIfNeeded: value) | 0x80
    }

    /// Bytes of a number.
    @inlinable
    public static func byteCount(_ value: UInt64) -> Int {
        Swift.max(1, (70 - value.leadingZeroBitCount) / 7)
    }
}
