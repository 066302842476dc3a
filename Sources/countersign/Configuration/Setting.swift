/// What can be configured, by its key in the file; in the environment in capitals behind `COUNTERSIGN_`.
enum Setting: String, CaseIterable {
    case address
    case ca
    case certificate
    case key
    case serverName = "server_name"
    case plaintext
    case tenant
    case timeoutSeconds = "timeout_seconds"

    var environmentName: String { "COUNTERSIGN_\(rawValue.uppercased())" }

    var isPath: Bool {
        switch self {
        case .ca, .certificate, .key: true
        case .address, .serverName, .plaintext, .tenant, .timeoutSeconds: false
        }
    }
}
