import Foundation
import NIOSSL

/// Certificates made by openssl in a temporary folder that goes with this value.
final class TestAuthority: Sendable {
    let folder: String

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        try openssl("req", "-x509", "-nodes", "-subj", "/CN=Test authority", "-days", "1", "-out", "ca.pem", key: "ca")
    }

    deinit {
        try? FileManager.default.removeItem(atPath: folder)
    }

    func path(_ name: String) -> String { "\(folder)/\(name)" }

    /// Makes NAME.pem and NAME.key.
    func issue(_ name: String, subjectAltName: String) throws {
        try openssl(
            "req", "-x509", "-nodes", "-subj", "/CN=\(name)", "-days", "1", "-CA", "ca.pem", "-CAkey", "ca.key",
            "-addext", "basicConstraints=critical,CA:FALSE", "-addext", "subjectAltName=\(subjectAltName)",
            "-out", "\(name).pem", key: name)
    }

    /// A server's side of mutual TLS, with NAME.pem and NAME.key.
    func serverContext(_ name: String) throws -> NIOSSLContext {
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(path("\(name).pem")).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: path("\(name).key"), format: .pem)))
        tls.trustRoots = .file(path("ca.pem"))
        tls.certificateVerification = .noHostnameVerification
        return try NIOSSLContext(configuration: tls)
    }

    private func openssl(_ arguments: String..., key: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.arguments =
            ["openssl"] + arguments
            + ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-keyout", "\(key).key"]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(status: process.terminationStatus) }
    }

    struct Failure: Error {
        let status: Int32
    }
}
