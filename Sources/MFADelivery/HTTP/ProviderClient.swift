internal import AsyncHTTPClient
internal import Foundation
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL

/// An HTTP client for one provider: verified TLS, no redirects, bounded in time, size and connections.
final class ProviderClient: Sendable {
    static let largestAnswerBytes = 64 * 1024

    private let client: HTTPClient
    private let timeout: Duration

    /// Made last of all that can throw, of settings that were validated: it must be closed before it is let go.
    init(_ settings: ProviderHTTPSettings) throws(DeliverySettingsError) {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        if let caFile = settings.caFile {
            guard let authorities = try? NIOSSLCertificate.fromPEMFile(caFile), !authorities.isEmpty else {
                throw DeliverySettingsError(key: "http.ca_file", problem: "cannot use the PEM file \(caFile.printable)")
            }
            tls.trustRoots = .certificates(authorities)
        }
        var pool = HTTPClient.Configuration.ConnectionPool()
        // A provider that closes an idle connection just as a request leaves on it makes that request's fate unknown:
        // ours are closed first.
        pool.idleTimeout = .seconds(3)
        pool.concurrentHTTP1ConnectionsPerHostSoftLimit = settings.maximumConnections
        // The outbox tries again, later and on the record.
        pool.retryConnectionEstablishment = false
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls, redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(Int64(settings.connectTimeoutSeconds))), connectionPool: pool)
        configuration.httpVersion = .http1Only
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        timeout = .seconds(settings.timeoutSeconds)
    }

    func close() async {
        try? await client.shutdown()
    }

    func send(_ request: HTTPClientRequest) async -> ProviderAnswer {
        // The client's own deadline ends with the answer's head; ours holds for its body too.
        await withTaskGroup(of: ProviderAnswer.self) { group in
            group.addTask { await self.exchange(request) }
            group.addTask { [timeout] in
                let isOver = (try? await Task.sleep(for: timeout)) != nil
                return .unknown(isOver ? "TIMEOUT" : "CANCELLED")
            }
            let answer = await group.next() ?? .unknown("CANCELLED")
            group.cancelAll()
            return answer
        }
    }

    private func exchange(_ request: HTTPClientRequest) async -> ProviderAnswer {
        let response: HTTPClientResponse
        do {
            response = try await client.execute(request, deadline: .distantFuture)
        } catch {
            return Self.answer(for: error)
        }
        var body: [UInt8]?
        do {
            let buffer = try await response.body.collect(upTo: Self.largestAnswerBytes)
            body = Array(buffer.readableBytesView)
        } catch {
            if Task.isCancelled { return .unknown("CANCELLED") }
        }
        return .answered(status: Int(response.status.code), headers: response.headers, body: body)
    }

    /// What an error says about the request. Only those that end an attempt to connect prove that nothing was sent.
    private static func answer(for error: any Error) -> ProviderAnswer {
        switch error {
        case let error as HTTPClientError:
            switch error {
            case .connectTimeout, .getConnectionFromPoolTimeout: .notSent("CONNECT")
            case .tlsHandshakeTimeout: .notSent("TLS")
            case .alreadyShutdown: .notSent("CLOSED")
            case .cancelled: .unknown("CANCELLED")
            case .invalidURL, .emptyHost, .emptyScheme: .notSent("URL")
            default: .unknown("CONNECTION")
            }
        case is NIOConnectionError: .notSent("CONNECT")
        case let error as ChannelError:
            if case .connectTimeout = error { .notSent("CONNECT") } else { .unknown("CONNECTION") }
        case let error as IOError:
            [ECONNREFUSED, EADDRNOTAVAIL, EMFILE, ENFILE].contains(error.errnoCode)
                ? .notSent("CONNECT") : .unknown("CONNECTION")
        case let error as NIOSSLError:
            if case .handshakeFailed = error { .notSent("TLS") } else { .unknown("CONNECTION") }
        // Chain and name are checked in the handshake.
        case is NIOSSLExtraError: .notSent("TLS")
        case is CancellationError: .unknown("CANCELLED")
        default: .unknown("CONNECTION")
        }
    }
}
