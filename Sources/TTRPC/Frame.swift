public import NIOCore

/// A header and the body it announced.
public struct Frame: Sendable, Hashable {
    public var streamID: UInt32
    public var type: FrameType
    public var flags: FrameFlags
    public var body: ByteBuffer

    public init(streamID: UInt32, type: FrameType, flags: FrameFlags = [], body: ByteBuffer) {
        self.streamID = streamID
        self.type = type
        self.flags = flags
        self.body = body
    }
}
