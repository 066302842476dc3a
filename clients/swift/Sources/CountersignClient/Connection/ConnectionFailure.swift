import NIOCore
import NIOPosix
import NIOSSL

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Why a connection failed, in words for people.
enum ConnectionFailure {
    static func describe(_ error: any Error) -> String {
        switch error {
        case let error as CountersignError: error.message
        case let error as CountersignClient.Configuration.TLS.UnreadableFile: error.message
        case let error as NIOConnectionError: describe(error)
        case let error as IOError: String(cString: strerror(error.errnoCode))
        case ChannelError.eof: "the peer closed the connection"
        case ChannelError.connectTimeout: "no answer to the attempt to connect"
        case let error as NIOSSLError: "TLS: \(describe(error))"
        case let error as NIOSSLExtraError: "TLS: \(error.description)"
        case let error as BoringSSLError: "TLS: \(reason(error))"
        default: "\(error)"
        }
    }

    /// Whether trying again soon is of no use: the server was reached and TLS failed, or a file cannot be used.
    static func isFinal(_ error: any Error) -> Bool {
        switch error {
        case NIOSSLError.handshakeFailed, is NIOSSLExtraError, is BoringSSLError,
            is CountersignClient.Configuration.TLS.UnreadableFile:
            true
        default: false
        }
    }

    private static func describe(_ error: NIOConnectionError) -> String {
        if let first = error.connectionErrors.first { return describe(first.error) }
        if error.dnsAError != nil || error.dnsAAAAError != nil { return "\(error.host) is not a known host name" }
        return "\(error)"
    }

    private static func describe(_ error: NIOSSLError) -> String {
        switch error {
        case .uncleanShutdown: "the peer closed without saying so"
        case .handshakeFailed(let inner): "handshake failed: \(reason(inner))"
        default: "\(error)"
        }
    }

    /// BoringSSL's word for it, for example CERTIFICATE_VERIFY_FAILED, out of a text full of numbers and paths.
    private static func reason(_ error: BoringSSLError) -> String {
        let text = "\(error)"
        guard let word = text.firstMatch(of: #/OPENSSL_internal:([A-Z0-9_]+)/#)?.output.1 else { return text }
        return String(word)
    }
}
