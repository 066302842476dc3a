import Foundation
import Testing
import X509

@testable import countersignd

struct InitTests {
    private func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test("init lays out a folder whose configuration is good, and keys that nobody else may read")
    func layout() async throws {
        let folder = try TemporaryFolder()
        let directory = "\(folder.path)/var"
        #expect(try await Program.run(["init", "--directory", directory]).status == 0)
        for name in ["", "/keys", "/tls", "/data"] { #expect(try mode(directory + name) == 0o700) }
        for name in ["ca", "server", "client"] { #expect(try mode("\(directory)/tls/\(name).key") == 0o600) }
        let check = try await Program.run(["check-config", "--config", "\(directory)/countersignd.yaml"])
        #expect(check.status == 0, "\(check.errors)")
    }

    @Test("A second init changes nothing")
    func idempotent() async throws {
        let folder = try TemporaryFolder()
        _ = try DevelopmentFiles(directory: folder.path).make()
        let before = try folder.inventory()
        #expect(try DevelopmentFiles(directory: folder.path).make().isEmpty)
        #expect(try folder.inventory() == before)
    }

    @Test("Development certificates are renewed a month before they expire, and nothing else is")
    func renewal() async throws {
        let folder = try TemporaryFolder()
        let files = DevelopmentFiles(directory: folder.path)
        _ = try files.make()
        let later = Date(timeIntervalSinceNow: DevelopmentAuthority.validitySeconds - 29 * 86_400)
        #expect(try files.make(now: later) == ["tls/ca.pem", "tls/server.pem", "tls/client.pem"])
        #expect(try files.make(now: later).isEmpty)
    }

    @Test("A certificate of somebody else's is never overwritten")
    func foreignCertificate() async throws {
        let folder = try TemporaryFolder()
        _ = try DevelopmentFiles(directory: folder.path).make()
        try FileManager.default.removeItem(atPath: "\(folder.path)/tls/client.key")
        // Any certificate that init did not make: this one is made by OpenSSL.
        let openssl = try await Program.run(
            [
                "req", "-x509", "-newkey", "ed25519", "-nodes", "-subj", "/CN=other", "-keyout",
                "\(folder.path)/other.key", "-out", "\(folder.path)/tls/ca.pem",
            ], program: URL(filePath: "/usr/bin/openssl"))
        #expect(openssl.status == 0, "\(openssl.errors)")
        let before = try folder.inventory()
        #expect(throws: StartError.self) { try DevelopmentFiles(directory: folder.path).make() }
        #expect(try folder.inventory() == before)
    }
}
