/// The figures the protocol itself fixes.
public enum ProtocolLimit {
    /// The largest body of a frame, envelope included: 4 MiB.
    public static let maximumBodyBytes = 4 * 1024 * 1024
    /// Metadata pairs this implementation reads from one request. The protocol names no bound; without one, a
    /// small frame of empty pairs would cost many times its own size.
    public static let maximumMetadataPairs = 64
}
