/// Where delivery receipts come in.
public struct ReceiptSettings: Sendable, Hashable {
    /// An IP address. Behind it, something that providers reach speaks TLS to the outside.
    public var host = "127.0.0.1"
    /// 0 for one the system chooses.
    public var port: Int
    public var maximumConnections = 256
    /// From accepting a connection to its end; each takes one request.
    public var timeoutSeconds = 10

    public init(port: Int) {
        self.port = port
    }

    func validate() throws(DeliverySettingsError) {
        guard (0...65_535).contains(port) else {
            throw DeliverySettingsError(key: "port", problem: "expected a whole number from 0 to 65535")
        }
        guard (1...10_000).contains(maximumConnections) else {
            throw DeliverySettingsError(key: "maximum_connections", problem: "expected a whole number from 1 to 10000")
        }
        guard (1...60).contains(timeoutSeconds) else {
            throw DeliverySettingsError(key: "timeout_seconds", problem: "expected a whole number from 1 to 60")
        }
    }
}
