/// Flags of Request and Data frames. None is set on a unary call.
public struct FrameFlags: OptionSet, Sendable, Hashable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// The sender sends no more on this stream. On a Request it marks a streaming call.
    public static let remoteClosed = FrameFlags(rawValue: 0x01)
    /// Data frames follow this Request.
    public static let remoteOpen = FrameFlags(rawValue: 0x02)
    /// This Data frame carries no message, which is not the same as an empty one.
    public static let noData = FrameFlags(rawValue: 0x04)
}
