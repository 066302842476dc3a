import NIOSSL

/// The TLS side of a listener.
struct ListenerTLS: Sendable {
    let context: NIOSSLContext
    let revoked: RevokedSerialNumbers

    init(_ files: TLSFiles) throws {
        revoked = try RevokedSerialNumbers(files.revokedSerialNumbers)
        let chain = try Self.read(files.certificateChain) { try NIOSSLCertificate.fromPEMFile($0) }
        let key = try Self.read(files.privateKey) { try NIOSSLPrivateKey(file: $0, format: .pem) }
        let authorities = try Self.read(files.clientAuthorities) { try NIOSSLCertificate.fromPEMFile($0) }
        guard !chain.isEmpty else { throw WireError.tlsFile(path: files.certificateChain) }
        guard !authorities.isEmpty else { throw WireError.tlsFile(path: files.clientAuthorities) }

        // With a trust store set, BoringSSL requires a client certificate, verifies its chain, its dates and,
        // being the server's side, that an extended key usage permits client authentication.
        var configuration = TLSConfiguration.makeServerConfigurationWithMTLS(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key),
            trustRoots: .certificates(authorities))
        configuration.minimumTLSVersion = .tlsv12
        // Forward-secret suites with authenticated encryption. TLS 1.3 has no others.
        configuration.cipherSuiteValues = [
            .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
            .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, .TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
            .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, .TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        ]
        // Nothing is offered: no protocol negotiated means ttRPC.
        configuration.applicationProtocols = []
        configuration.shutdownTimeout = .seconds(1)
        do {
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw WireError.tlsConfiguration
        }
    }

    private static func read<Content>(_ path: String, _ body: (String) throws -> Content) throws -> Content {
        do {
            return try body(path)
        } catch {
            throw WireError.tlsFile(path: path)
        }
    }
}
