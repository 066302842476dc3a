/// What a frame carries. A receiver ignores every other value; 0x04 and 0x05 are proposed upstream for a ping
/// and must not be used for anything else.
public struct FrameType: RawRepresentable, Sendable, Hashable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// Client to server, opens a stream.
    public static let request = FrameType(rawValue: 0x01)
    /// Server to client, ends a stream.
    public static let response = FrameType(rawValue: 0x02)
    /// Either way, on streaming calls only.
    public static let data = FrameType(rawValue: 0x03)
}
