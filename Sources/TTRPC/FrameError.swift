/// A fault of the framing itself.
public enum FrameError: Error, Sendable, Hashable {
    /// The first byte of a header is not zero. No legal length sets it, so the place in the byte stream is lost
    /// and the connection must be closed.
    case reservedByteSet
    /// A body to be sent is larger than the peer accepts. Nothing was written.
    case oversize(byteCount: Int)
}
