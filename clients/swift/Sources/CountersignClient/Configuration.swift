extension CountersignClient {
    /// Where the server is and how to speak to it.
    public struct Configuration: Sendable, Hashable {
        /// The files of mutual TLS, in PEM. They are read at the start and again for every new connection, so
        /// that a renewed certificate is picked up.
        public struct TLS: Sendable, Hashable {
            /// The client's certificate, followed by intermediates if there are any.
            public var certificate: String
            /// Its private key.
            public var key: String
            /// The authorities that the server's certificate may come from.
            public var ca: String
            /// The name that the server's certificate must hold, where it is not the host.
            public var serverName: String?

            public init(certificate: String, key: String, ca: String, serverName: String? = nil) {
                self.certificate = certificate
                self.key = key
                self.ca = ca
                self.serverName = serverName
            }
        }

        /// A name or an address.
        public var host: String
        public var port: Int
        /// Nil for plain text, which a server accepts on loopback and in development only.
        public var tls: TLS?
        /// How long a call may take, unless its options say otherwise.
        public var timeout: Duration = .seconds(10)
        /// How long one attempt to connect may take, TLS included.
        public var connectTimeout: Duration = .seconds(5)
        /// Whether calls wait, within their own time, for a server that cannot be reached yet. False fails them
        /// at the first failed attempt: for programs with a person in front.
        public var waitsForServer = true

        init(host: String, port: Int, tls: TLS?) {
            self.host = host
            self.port = port
            self.tls = tls
        }

        /// Mutual TLS, the normal way: the certificate says who calls.
        public static func mutualTLS(
            host: String, port: Int, certificate: String, key: String, ca: String, serverName: String? = nil
        ) -> Configuration {
            Configuration(
                host: host, port: port,
                tls: TLS(certificate: certificate, key: key, ca: ca, serverName: serverName))
        }

        /// Plain text, for a development server on loopback.
        public static func plaintext(host: String, port: Int) -> Configuration {
            Configuration(host: host, port: port, tls: nil)
        }

        var address: String {
            host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
        }
    }
}
