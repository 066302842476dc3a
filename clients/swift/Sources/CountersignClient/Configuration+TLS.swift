import NIOCore
import NIOSSL

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

extension CountersignClient.Configuration.TLS {
    /// Reads the files. Blocks.
    func context() throws -> NIOSSLContext {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        tls.trustRoots = .certificates(try Self.certificates(ca))
        tls.certificateChain = try Self.certificates(certificate).map { .certificate($0) }
        do {
            tls.privateKey = .privateKey(try NIOSSLPrivateKey(file: key, format: .pem))
        } catch {
            throw UnreadableFile(path: key, content: "a private key", cause: error)
        }
        return try NIOSSLContext(configuration: tls)
    }

    private static func certificates(_ path: String) throws -> [NIOSSLCertificate] {
        // swift-nio-ssl does not tell a missing file from a wrong one.
        guard access(path, R_OK) == 0 else {
            throw UnreadableFile(path: path, content: "", cause: IOError(errnoCode: errno, reason: "access"))
        }
        do {
            let certificates = try NIOSSLCertificate.fromPEMFile(path)
            // With an empty list swift-nio-ssl would trust the system's authorities.
            guard !certificates.isEmpty else { throw NIOSSLError.failedToLoadCertificate }
            return certificates
        } catch {
            throw UnreadableFile(path: path, content: "certificates", cause: error)
        }
    }

    /// A file of the configuration that is missing or holds something else.
    struct UnreadableFile: Error {
        let path: String
        let content: String
        let cause: any Error

        var message: String {
            cause is IOError
                ? "cannot read \(path): \(ConnectionFailure.describe(cause))"
                : "\(path) does not hold \(content) in PEM"
        }
    }
}

extension CountersignClient.Configuration {
    /// The name that the server's certificate must hold; nil to have its address checked instead.
    var certificateName: String? {
        let name = tls?.serverName ?? host
        return (try? SocketAddress(ipAddress: name, port: 0)) == nil ? name : nil
    }
}
