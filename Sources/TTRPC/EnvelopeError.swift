/// A body that is not the envelope it should be. Says nothing of what the bytes were.
public enum EnvelopeError: Error, Sendable, Hashable {
    /// Not protobuf: a bad tag, varint or length, a group, or a string that is not UTF-8.
    case malformed
    /// More pairs than ``ProtocolLimit/maximumMetadataPairs``.
    case tooManyMetadataPairs
}
