/// How a call ended: the bytes of a response message, or a status that is not OK.
public enum CallReply: Sendable, Hashable {
    case message([UInt8])
    case status(CallStatus)
}
