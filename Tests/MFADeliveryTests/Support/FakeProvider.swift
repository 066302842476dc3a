import Foundation
import MFATesting
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// A provider on loopback that does as the test says with each request.
final class FakeProvider: Sendable {
    struct Request: Sendable {
        var method: String
        var uri: String
        var headers: [String: String]
        var body: String

        /// The fields of a query or a form, decoded.
        static func fields(_ text: some StringProtocol) -> [String: String] {
            let pairs = text.split(separator: "&").map { field in
                let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                return (
                    String(parts[0]).removingPercentEncoding ?? "",
                    String(parts.last ?? "").removingPercentEncoding ?? ""
                )
            }
            return Dictionary(pairs) { $1 }
        }

        var query: [String: String] { Self.fields(uri.split(separator: "?", maxSplits: 1).dropFirst().first ?? "") }
        var form: [String: String] { Self.fields(body) }
    }

    enum Act: Sendable {
        case answer(Int, [String: String] = [:], String = "")
        /// Reads the request and says nothing.
        case hang
        /// Reads the request and closes the connection.
        case drop
        /// The head and one byte every 50 ms, for ever.
        case drip
    }

    typealias Script = @Sendable (_ request: Request, _ number: Int) -> Act

    let port: Int
    private let channel: any NIOCore.Channel
    private let play: Play

    var requests: [Request] { play.requests.withLock { $0 } }

    private init(_ channel: any NIOCore.Channel, _ play: Play) {
        self.channel = channel
        self.play = play
        port = channel.localAddress?.port ?? 0
    }

    /// Runs until it is stopped.
    static func start(
        _ identity: TestAuthority.Identity? = nil, script: @escaping Script
    ) async throws -> FakeProvider {
        let tls = try identity.map { identity in
            try NIOSSLContext(
                configuration: .makeServerConfiguration(
                    certificateChain: NIOSSLCertificate.fromPEMBytes(Array(identity.chainPEM.utf8)).map {
                        .certificate($0)
                    },
                    privateKey: .privateKey(NIOSSLPrivateKey(bytes: Array(identity.keyPEM.utf8), format: .pem))))
        }
        let play = Play(script)
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Handler(play))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return FakeProvider(channel, play)
    }

    func stop() async {
        try? await channel.close().get()
    }

    private final class Play: Sendable {
        let script: Script
        let requests = Mutex<[Request]>([])

        init(_ script: @escaping Script) {
            self.script = script
        }

        func act(on request: Request) -> Act {
            let number = requests.withLock { requests in
                requests.append(request)
                return requests.count
            }
            return script(request, number)
        }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let play: Play
        private var request: Request?

        init(_ play: Play) {
            self.play = play
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head):
                request = Request(
                    method: head.method.rawValue, uri: head.uri,
                    headers: Dictionary(head.headers.map { ($0.name.lowercased(), $0.value) }) { $1 }, body: "")
            case .body(let buffer): request?.body += String(buffer: buffer)
            case .end:
                guard let request else { return }
                act(play.act(on: request), context.channel)
            }
        }

        private func act(_ act: Act, _ channel: any NIOCore.Channel) {
            switch act {
            case .hang: break
            case .drop: channel.close(promise: nil)
            case .answer(let status, let headers, let body):
                head(status, headers.merging(["Content-Length": "\(body.utf8.count)"]) { $1 }, channel)
                channel.write(HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(string: body))), promise: nil)
                channel.writeAndFlush(HTTPServerResponsePart.end(nil), promise: nil)
            case .drip:
                head(200, ["Content-Length": "1000"], channel)
                channel.eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: .milliseconds(50)) { task in
                    guard channel.isActive else { return task.cancel() }
                    channel.writeAndFlush(
                        HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(string: "x"))), promise: nil)
                }
            }
        }

        private func head(_ status: Int, _ headers: [String: String], _ channel: any NIOCore.Channel) {
            channel.write(
                HTTPServerResponsePart.head(
                    HTTPResponseHead(
                        version: .http1_1, status: .init(statusCode: status),
                        headers: HTTPHeaders(headers.map { ($0.key, $0.value) }))), promise: nil)
        }
    }
}
