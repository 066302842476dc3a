import CountersignClient
import Foundation
import Testing

@Suite(.timeLimit(.minutes(2))) struct TLSTests {
    let authority: TestAuthority

    init() throws {
        authority = try TestAuthority()
        try authority.issue("client", subjectAltName: "URI:spiffe://test/client")
    }

    func server(subjectAltName: String) async throws -> FakeServer {
        try authority.issue("server", subjectAltName: subjectAltName)
        return try await FakeServer.start(tls: authority.serverContext("server")) {
            [.message([], streamID: $0.streamID)]
        }
    }

    func configuration(_ server: FakeServer, serverName: String? = nil) -> CountersignClient.Configuration {
        .mutualTLS(
            host: "127.0.0.1", port: server.port, certificate: authority.path("client.pem"),
            key: authority.path("client.key"), ca: authority.path("ca.pem"), serverName: serverName)
    }

    func list(_ configuration: CountersignClient.Configuration) async throws {
        let client = try await CountersignClient(configuration)
        _ = try await client.enrollment.listFactors(.init())
    }

    @Test("With certificates of one authority on both sides calls are answered")
    func mutualTLS() async throws {
        try await list(configuration(server(subjectAltName: "IP:127.0.0.1")))
    }

    @Test("The server's certificate may hold a name that is not the host")
    func serverName() async throws {
        try await list(configuration(server(subjectAltName: "DNS:countersign.test"), serverName: "countersign.test"))
    }

    @Test(
        "A server's certificate for another host ends the call at once", arguments: ["DNS:localhost", "IP:127.0.0.9"])
    func wrongHost(subjectAltName: String) async throws {
        let configuration = configuration(try await server(subjectAltName: subjectAltName))
        let error = await #expect(throws: CountersignError.self) { try await list(configuration) }
        #expect(error?.transportFailure == .cannotConnect)
        #expect(error?.message.contains("TLS") == true)
    }

    @Test("A server of another authority ends the call at once")
    func wrongAuthority() async throws {
        var configuration = configuration(try await server(subjectAltName: "IP:127.0.0.1"))
        let other = try TestAuthority()
        configuration.tls?.ca = other.path("ca.pem")
        let error = await #expect(throws: CountersignError.self) { try await list(configuration) }
        #expect(error?.transportFailure == .cannotConnect)
        #expect(error?.message.contains("CERTIFICATE_VERIFY_FAILED") == true)
    }

    @Test("A client's certificate that the server refuses is an error that says TLS")
    func refusedClient() async throws {
        var configuration = configuration(try await server(subjectAltName: "IP:127.0.0.1"))
        let other = try TestAuthority()
        try other.issue("client", subjectAltName: "URI:spiffe://test/client")
        configuration.tls?.certificate = other.path("client.pem")
        configuration.tls?.key = other.path("client.key")
        let error = await #expect(throws: CountersignError.self) { try await list(configuration) }
        #expect(error?.code == .unavailable)
        #expect(error?.message.contains("TLS") == true)
    }

    @Test("A renewed certificate is used for the next connection")
    func renewedCertificate() async throws {
        let configuration = configuration(try await server(subjectAltName: "IP:127.0.0.1"))
        let other = try TestAuthority()
        try other.issue("client", subjectAltName: "URI:spiffe://test/client")
        for file in ["client.pem", "client.key"] {
            try FileManager.default.moveItem(atPath: authority.path(file), toPath: authority.path("good-\(file)"))
            try FileManager.default.copyItem(atPath: other.path(file), toPath: authority.path(file))
        }
        let client = try await CountersignClient(configuration)
        await #expect(throws: CountersignError.self) { try await client.enrollment.listFactors(.init()) }
        for file in ["client.pem", "client.key"] {
            try FileManager.default.removeItem(atPath: authority.path(file))
            try FileManager.default.moveItem(atPath: authority.path("good-\(file)"), toPath: authority.path(file))
        }
        _ = try await client.enrollment.listFactors(.init())
    }

    @Test("A file that is missing or holds something else is named")
    func unusableFiles() async throws {
        let good = CountersignClient.Configuration.TLS(
            certificate: authority.path("client.pem"), key: authority.path("client.key"), ca: authority.path("ca.pem"))
        for field in [\CountersignClient.Configuration.TLS.certificate, \.key, \.ca] {
            for (path, cause) in [("/nonexistent.pem", "cannot read"), ("/dev/null", "does not hold")] {
                var configuration = CountersignClient.Configuration.mutualTLS(
                    host: "127.0.0.1", port: 1, certificate: good.certificate, key: good.key, ca: good.ca)
                configuration.tls?[keyPath: field] = path
                let error = await #expect(throws: CountersignError.self) { try await CountersignClient(configuration) }
                #expect(error?.transportFailure == .unusableConfiguration)
                #expect(error?.message.contains(path) == true)
                #expect(error?.message.contains(cause) == true, "\(error?.message ?? "")")
            }
        }
    }
}
