import NIOCore

extension ByteBuffer {
    /// The bytes of a range counted from the first readable byte, which must lie within the readable bytes.
    func copy(_ range: Range<Int>) -> [UInt8] {
        withUnsafeReadableBytes { [UInt8](UnsafeRawBufferPointer(rebasing: $0[range])) }
    }
}
