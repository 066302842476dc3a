/// Why a connection was closed against the peer's wish. The raw value is the word in the log.
enum ConnectionRefusal: String, Sendable {
    case tooManyConnections = "too_many_connections"
    case tooManyHandshakes = "too_many_handshakes"
    case tooManyConnectionsOfCaller = "too_many_connections_of_caller"
    case handshakeFailed = "handshake_failed"
    case handshakeTimeout = "handshake_timeout"
    case certificateUnnamed = "certificate_names_no_caller"
    case certificateAmbiguous = "certificate_names_several_callers"
    case certificateRevoked = "certificate_revoked"
    case certificateExpired = "certificate_expired"
    case protocolUnknown = "protocol_unknown"
    case reservedByteSet = "reserved_byte_set"
    case frameTimeout = "frame_timeout"
    case stallTimeout = "stall_timeout"
    case outOfDescriptors = "out_of_descriptors"
    case shuttingDown = "shutting_down"
}
