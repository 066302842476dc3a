/// A device that a person asked to remember. Its token changes at each use, so that a copy shows.
public struct TrustedDevice: Sendable, Hashable {
    public let id: TrustedDeviceID
    /// For people, such as "Firefox on Linux".
    public let name: String
    /// The factor that was proven to trust it; when it ends, so does the trust.
    public let factorID: FactorID
    public let createdAt: Timestamp
    public let expiresAt: Timestamp
    /// Keyed hash of the user agent without its versions; empty when none was given.
    public let agent: [UInt8]
    public internal(set) var lastUsedAt: Timestamp
    /// Counts the tokens that were given out. Only the last one is good.
    public internal(set) var generation: Int

    public init(
        id: TrustedDeviceID, name: String, factorID: FactorID, createdAt: Timestamp, expiresAt: Timestamp,
        agent: [UInt8], lastUsedAt: Timestamp, generation: Int
    ) {
        self.id = id
        self.name = name
        self.factorID = factorID
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.agent = agent
        self.lastUsedAt = lastUsedAt
        self.generation = generation
    }
}
