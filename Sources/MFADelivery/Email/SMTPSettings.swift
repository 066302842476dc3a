/// The SMTP server that e-mail is handed to.
public struct SMTPSettings: Sendable, Hashable {
    public enum Security: String, Sendable, Hashable, CaseIterable {
        /// STARTTLS before anything else is said; no TLS, no mail.
        case startTLS = "starttls"
        /// TLS from the first byte.
        case tls
        /// Plain text, to this machine alone.
        case none
    }

    public var name = "smtp"
    public var host: String
    public var port: Int
    public var security = Security.startTLS
    public var username: String?
    public var password: SecretSetting?
    /// The sender's address, of the envelope and of the From header.
    public var from: String
    /// The sender's name for people; empty for none.
    public var fromName = ""
    /// What we call ourselves in EHLO; nil for the machine's name.
    public var heloName: String?
    /// PEM file of the authorities that may vouch for the server; nil for the system's.
    public var caFile: String?
    public var connectTimeoutSeconds = 5
    /// For one message. A server that hangs after it may take as long again until its connection is given up.
    public var timeoutSeconds = 30
    /// Connections, each with a thread of its own.
    public var maximumConnections = 4

    public init(host: String, port: Int, from: String) {
        self.host = host
        self.port = port
        self.from = from
    }

    func validate() throws(DeliverySettingsError) {
        func check(_ isFit: Bool, _ key: String, _ expected: String) throws(DeliverySettingsError) {
            guard isFit else { throw DeliverySettingsError(key: key, problem: "expected \(expected)") }
        }
        try ProviderName.check(name)
        let isAddress = host.contains(":")
        try check(
            isAddress
                ? host.wholeMatch(of: #/[0-9a-fA-F:.]{2,45}/#) != nil
                : host.wholeMatch(of: #/[A-Za-z0-9.-]{1,253}/#) != nil, "host", "a host name or an IP address")
        try check((1...65_535).contains(port), "port", "a whole number from 1 to 65535")
        try check(security != .none || EgressRule.isLoopback(host), "security", "starttls or tls for another machine")
        try check((username == nil) == (password == nil), "password", "username and password, or neither")
        if let username {
            try check(
                (1...254).contains(username.utf8.count) && !username.unicodeScalars.contains(where: \.isControl),
                "username", "1 to 254 bytes on one line")
        }
        try check(MailAddress(from) != nil, "from", "an e-mail address in ASCII")
        try check(
            fromName.count <= 100 && !fromName.unicodeScalars.contains(where: \.isControl), "from_name",
            "at most 100 characters on one line")
        if let heloName {
            try check(heloName.wholeMatch(of: #/[A-Za-z0-9.:\[\]-]{1,253}/#) != nil, "helo_name", "a host name")
        }
        try check((1...60).contains(connectTimeoutSeconds), "connect_timeout_seconds", "a whole number from 1 to 60")
        try check(
            (2...120).contains(timeoutSeconds) && timeoutSeconds > connectTimeoutSeconds, "timeout_seconds",
            "a whole number from 2 to 120, larger than connect_timeout_seconds")
        try check((1...64).contains(maximumConnections), "maximum_connections", "a whole number from 1 to 64")
    }
}
