public import NIOCore

/// The ten bytes before every body, big-endian: length, stream id, type, flags.
public struct FrameHeader: Sendable, Hashable {
    public static let byteCount = 10

    /// Bytes of the body that follows.
    public var length: UInt32
    public var streamID: UInt32
    public var type: FrameType
    public var flags: FrameFlags

    public init(length: UInt32, streamID: UInt32, type: FrameType, flags: FrameFlags = []) {
        self.length = length
        self.streamID = streamID
        self.type = type
        self.flags = flags
    }
}

extension ByteBuffer {
    /// Reads the ten bytes of a header; nil, and nothing is read, if fewer are there.
    mutating func readFrameHeader() -> FrameHeader? {
        guard let fields = readMultipleIntegers(as: (UInt32, UInt32, UInt8, UInt8).self) else { return nil }
        return FrameHeader(
            length: fields.0, streamID: fields.1, type: FrameType(rawValue: fields.2),
            flags: FrameFlags(rawValue: fields.3))
    }

    @discardableResult
    public mutating func writeFrameHeader(_ header: FrameHeader) -> Int {
        writeMultipleIntegers(header.length, header.streamID, header.type.rawValue, header.flags.rawValue)
    }
}
