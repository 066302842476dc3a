public import MFADomain

/// Where the server listens, who may talk to it and how much.
public struct WireConfiguration: Sendable {
    public var host: String
    /// 0 lets the system choose; see ``WireServer/localAddress``.
    public var port: Int
    public var security: WireSecurity
    public var limits: WireLimits

    public init(host: String, port: Int, security: WireSecurity, limits: WireLimits = WireLimits()) {
        self.host = host
        self.port = port
        self.security = security
        self.limits = limits
    }
}

/// How a connection proves who calls.
public enum WireSecurity: Sendable {
    /// TLS 1.2 or later with client certificates.
    case tls(TLSFiles)
    /// No encryption and no proof: every connection is this caller. For development on loopback.
    case plaintext(caller: Caller)
}

/// The PEM files of a listener.
public struct TLSFiles: Sendable, Hashable {
    /// The server's certificate and what lies between it and its root.
    public var certificateChain: String
    public var privateKey: String
    /// The roots that callers' certificates must chain to.
    public var clientAuthorities: String
    /// Serial numbers of callers' certificates that are refused, as hexadecimal digits; case, colons and leading
    /// zeros do not matter.
    public var revokedSerialNumbers: Set<String>

    public init(
        certificateChain: String, privateKey: String, clientAuthorities: String,
        revokedSerialNumbers: Set<String> = []
    ) {
        self.certificateChain = certificateChain
        self.privateKey = privateKey
        self.clientAuthorities = clientAuthorities
        self.revokedSerialNumbers = revokedSerialNumbers
    }
}
