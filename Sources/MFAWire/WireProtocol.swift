/// The wires that share the port.
enum WireProtocol {
    case ttrpc

    /// After a TLS handshake: no protocol negotiated means ttRPC.
    init?(negotiated: String?) {
        guard negotiated == nil else { return nil }
        self = .ttrpc
    }

    /// In plain text: the first byte of a ttRPC frame is always zero.
    init?(firstByte: UInt8) {
        guard firstByte == 0x00 else { return nil }
        self = .ttrpc
    }
}
