public import NIOCore

/// Cuts a byte stream into frames, however the bytes were split on their way.
///
/// A length is judged before anything is set aside for it: memory grows with the bytes that arrived, never with
/// the length that was announced, and the body of a frame over the limit is dropped as it arrives.
///
///     decoder.append(bytes)
///     while let event = try decoder.next() { … }
public struct FrameDecoder: Sendable {
    public enum Event: Sendable, Hashable {
        case frame(Frame)
        /// The frame's body is over the limit and is being discarded. A Request can be answered with status 8.
        case oversize(FrameHeader)
    }

    private let maximumBodyBytes: Int
    private var buffer = ByteBuffer()
    /// The buffer is the one that was handed in: usually large, and shared with the reads to come.
    private var isBufferBorrowed = false
    private var discardByteCount = 0

    public init(maximumBodyBytes: Int = ProtocolLimit.maximumBodyBytes) {
        self.maximumBodyBytes = min(maximumBodyBytes, ProtocolLimit.maximumBodyBytes)
    }

    /// True once ``next()`` returned nil with a frame begun and not complete.
    public var isMidFrame: Bool {
        discardByteCount > 0 || buffer.readableBytes > 0
    }

    public mutating func append(_ bytes: ByteBuffer) {
        if buffer.readableBytes == 0 {
            buffer = bytes
            isBufferBorrowed = true
        } else {
            buffer.writeImmutableBuffer(bytes)
            isBufferBorrowed = false
        }
    }

    /// The next frame, or nil when more bytes are needed. After an error the stream cannot be read further.
    public mutating func next() throws(FrameError) -> Event? {
        discardOversizeBody()
        guard let firstByte = buffer.getInteger(at: buffer.readerIndex, as: UInt8.self) else { return nil }
        guard firstByte == 0 else { throw .reservedByteSet }

        let frameStart = buffer.readerIndex
        guard let header = buffer.readFrameHeader() else {
            keepRemainder()
            return nil
        }
        let length = Int(header.length)
        guard length <= maximumBodyBytes else {
            discardByteCount = length
            discardOversizeBody()
            return .oversize(header)
        }
        guard let body = buffer.readSlice(length: length) else {
            buffer.moveReaderIndex(to: frameStart)
            keepRemainder()
            return nil
        }
        return .frame(Frame(streamID: header.streamID, type: header.type, flags: header.flags, body: body))
    }

    private mutating func discardOversizeBody() {
        guard discardByteCount > 0 else { return }
        let count = min(discardByteCount, buffer.readableBytes)
        buffer.moveReaderIndex(forwardBy: count)
        discardByteCount -= count
    }

    /// Moves the start of an incomplete frame to storage of its own size, so that a slow sender does not hold on
    /// to a whole read buffer.
    private mutating func keepRemainder() {
        if isBufferBorrowed {
            var own = ByteBufferAllocator().buffer(capacity: buffer.readableBytes)
            own.writeImmutableBuffer(buffer)
            buffer = own
            isBufferBorrowed = false
        } else if buffer.readerIndex > 0 {
            buffer.discardReadBytes()
        }
    }
}
