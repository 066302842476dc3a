/// How one provider is reached over HTTP.
public struct ProviderHTTPSettings: Sendable, Hashable {
    /// The only host names that requests go to.
    public var allowedHosts: Set<String>
    /// PEM file of the authorities that may vouch for the provider; nil for the system's.
    public var caFile: String?
    /// Allows `http` to hosts other than this machine, for a gateway in the same private network.
    public var allowsPlaintext = false
    /// To a connection ready for use, TLS included.
    public var connectTimeoutSeconds = 5
    /// From the start to the whole answer.
    public var timeoutSeconds = 15
    /// Connections to the provider at once.
    public var maximumConnections = 64

    public init(allowedHosts: Set<String>) {
        self.allowedHosts = allowedHosts
    }

    /// Throws for what no client can be made of. Keys are prefixed with `http.`.
    public func validate() throws(DeliverySettingsError) {
        guard !allowedHosts.isEmpty else {
            throw DeliverySettingsError(key: "http.allowed_hosts", problem: "expected at least one host name")
        }
        for host in allowedHosts where EgressRule.isMetadataAddress(host) {
            throw DeliverySettingsError(
                key: "http.allowed_hosts", problem: "\(host.printable) is a link-local address, which no provider has")
        }
        guard (1...60).contains(connectTimeoutSeconds) else {
            throw DeliverySettingsError(
                key: "http.connect_timeout_seconds", problem: "expected a whole number from 1 to 60")
        }
        // A request that ran out of time must be known to have had a connection.
        guard (2...120).contains(timeoutSeconds), timeoutSeconds > connectTimeoutSeconds else {
            throw DeliverySettingsError(
                key: "http.timeout_seconds",
                problem: "expected a whole number from 2 to 120, larger than connect_timeout_seconds")
        }
        guard (1...1000).contains(maximumConnections) else {
            throw DeliverySettingsError(
                key: "http.maximum_connections", problem: "expected a whole number from 1 to 1000")
        }
    }
}
