/// Why a server could not start.
public enum WireError: Error, Sendable, CustomStringConvertible {
    /// A PEM file of the listener could not be read or is not what it should be.
    case tlsFile(path: String)
    /// The certificate and the private key do not make a listener.
    case tlsConfiguration
    /// An entry of the deny-list is not a hexadecimal number.
    case revokedSerialNumber(String)
    /// The address cannot be listened on.
    case bind(host: String, port: Int, reason: String)

    public var description: String {
        switch self {
        case .tlsFile(let path): "cannot use the PEM file \(path)"
        case .tlsConfiguration: "the server's certificate and private key do not fit together"
        case .revokedSerialNumber(let entry): "not a hexadecimal serial number: \(entry)"
        case .bind(let host, let port, let reason): "cannot listen on \(host):\(port): \(reason)"
        }
    }
}
