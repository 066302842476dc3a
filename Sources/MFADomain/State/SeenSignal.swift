/// A device or a place that a subject was verified from. What it was cannot be read from it.
public struct SeenSignal: Sendable, Hashable {
    /// Raw values are stored; append only.
    public enum Kind: Int, Sendable, Hashable, CaseIterable {
        case device = 1
        /// The network, or the place a database knows for it.
        case network = 2
        /// A place in the caller's words.
        case location = 3
        case autonomousSystem = 4

        /// What its digests are of: `seen` and the raw value.
        var purpose: String {
            switch self {
            case .device: "seen 1"
            case .network: "seen 2"
            case .location: "seen 3"
            case .autonomousSystem: "seen 4"
            }
        }
    }

    public let kind: Kind
    /// The beginning of an HMAC-SHA-256 over what it is and whose.
    public let digest: [UInt8]
    public internal(set) var lastSeenAt: Timestamp

    public static let digestByteCount = 8

    public init(kind: Kind, digest: [UInt8], lastSeenAt: Timestamp) {
        self.kind = kind
        self.digest = digest
        self.lastSeenAt = lastSeenAt
    }
}
