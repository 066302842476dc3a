/// What one server takes on. ttRPC itself bounds nothing but the size of a frame.
public struct WireLimits: Sendable, Hashable {
    /// Largest body of a request or a response, envelope included; at most the protocol's 4 MiB. Larger requests
    /// are discarded and answered with status 8.
    public var maximumMessageBytes = 256 * 1024
    /// Connections in all. One more is closed as soon as it is accepted.
    public var maximumConnections = 10_000
    /// Connections whose caller is not known yet, so that strangers cannot use up all of the above.
    public var maximumHandshakes = 1_000
    /// Connections of one caller, by the name in its certificate.
    public var maximumConnectionsPerCaller = 1_000
    /// Calls of one connection that are being worked on. One more is answered with status 8.
    public var maximumCallsInFlightPerConnection = 1_000
    /// Calls of all connections that are being worked on. One more is answered with status 8.
    public var maximumCallsInFlight = 10_000
    /// Response bytes a connection may leave unread before nothing more is read from it.
    public var maximumOutboundBacklogBytes = 1024 * 1024
    /// From accepting a connection to knowing its caller; in plain text, to its first byte.
    public var handshakeTimeout: Duration = .seconds(5)
    /// From the first byte of a frame to its last.
    public var frameTimeout: Duration = .seconds(10)
    /// How long a connection may leave its backlog over the bound before it is closed.
    public var stallTimeout: Duration = .seconds(30)
    /// How long a connection may stay open with nothing in flight and nothing said.
    public var idleTimeout: Duration = .seconds(30 * 60)

    public init() {}
}
