import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
import TTRPC

/// A server that does to a client whatever a test wants done.
final class FakeServer: Sendable {
    /// A call as it arrived.
    struct Request: Sendable {
        /// 1 for the first connection.
        let connection: Int
        let streamID: UInt32
        let service: String
        let method: String
        let payload: [UInt8]
        let timeoutNano: Int64
        let requestID: String?
    }

    enum Action: Sendable {
        case message([UInt8], streamID: UInt32)
        case status(Google_Rpc_Status, streamID: UInt32)
        /// Bytes as they are.
        case bytes(ByteBuffer)
        case close
    }

    typealias Script = @Sendable (Request) -> [Action]

    private struct Record {
        var connectionCount = 0
        var requests: [Request] = []
        var channels: [any Channel] = []
    }

    let port: Int
    private let listener: any Channel
    private let record: RecordBox

    private final class RecordBox: Sendable {
        let value = Mutex(Record())
    }

    static func start(
        host: String = "127.0.0.1", port: Int = 0, tls: NIOSSLContext? = nil, script: @escaping Script = FakeServer.echo
    ) async throws -> FakeServer {
        let record = RecordBox()
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let number = record.value.withLock {
                        $0.connectionCount += 1
                        $0.channels.append(channel)
                        return $0.connectionCount
                    }
                    let pipeline = channel.pipeline.syncOperations
                    if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
                    try pipeline.addHandler(
                        Handler(connection: number) { request in
                            record.value.withLock { $0.requests.append(request) }
                            return script(request)
                        })
                }
            }
            .bind(host: host, port: port).get()
        return FakeServer(listener: listener, record: record)
    }

    private init(listener: any Channel, record: RecordBox) {
        self.listener = listener
        self.record = record
        port = listener.localAddress?.port ?? 0
    }

    /// Answers every call with its own payload.
    static let echo: Script = { [.message($0.payload, streamID: $0.streamID)] }

    var requests: [Request] { record.value.withLock { $0.requests } }
    var connectionCount: Int { record.value.withLock { $0.connectionCount } }

    /// Closes the listener and every connection.
    func stop() async throws {
        try await listener.close()
        for channel in record.value.withLock({ $0.channels }) { try? await channel.close() }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let connection: Int
        private let answer: (Request) -> [Action]
        private var decoder = FrameDecoder()

        init(connection: Int, answer: @escaping (Request) -> [Action]) {
            self.connection = connection
            self.answer = answer
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            decoder.append(unwrapInboundIn(data))
            while case .frame(let frame)? = try? decoder.next() {
                guard let envelope = try? RequestEnvelope(decoding: frame.body) else { continue }
                let request = Request(
                    connection: connection, streamID: frame.streamID, service: envelope.service,
                    method: envelope.method, payload: envelope.payload, timeoutNano: envelope.timeoutNano,
                    requestID: envelope.metadata("x-request-id"))
                for action in answer(request) { perform(action, context) }
            }
        }

        private func perform(_ action: Action, _ context: ChannelHandlerContext) {
            var buffer = ByteBuffer()
            switch action {
            case .message(let payload, let streamID):
                try? buffer.writeResponse(streamID: streamID, payload: payload)
            case .status(let status, let streamID):
                buffer.writeResponse(streamID: streamID, status: status)
            case .bytes(let bytes):
                buffer = bytes
            case .close:
                context.close(promise: nil)
                return
            }
            context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }
}

extension ByteBuffer {
    /// A frame of any kind, right or wrong.
    static func frame(
        streamID: UInt32, type: FrameType = .response, flags: FrameFlags = [], length: UInt32? = nil,
        _ body: [UInt8] = []
    ) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writeFrameHeader(
            FrameHeader(length: length ?? UInt32(body.count), streamID: streamID, type: type, flags: flags))
        buffer.writeBytes(body)
        return buffer
    }
}
