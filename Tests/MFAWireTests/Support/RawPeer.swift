import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
import TTRPC
import Testing

/// A client that sends exactly the bytes it is told to and keeps the frames that come back.
final class RawPeer: Sendable {
    struct Inbox {
        var frames: [Frame] = []
        var reads = 0
        var isInputClosed = false
        var isClosed = false
    }

    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let inbox: SharedInbox
        private let closesWithServer: Bool
        private var decoder = FrameDecoder()

        init(_ inbox: SharedInbox, closesWithServer: Bool) {
            self.inbox = inbox
            self.closesWithServer = closesWithServer
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            decoder.append(unwrapInboundIn(data))
            inbox.value.withLock { inbox in
                inbox.reads += 1
                while let event = try? decoder.next() {
                    if case .frame(let frame) = event { inbox.frames.append(frame) }
                }
            }
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if case ChannelEvent.inputClosed = event {
                inbox.value.withLock { $0.isInputClosed = true }
                if closesWithServer { context.close(promise: nil) }
            }
        }

        func channelInactive(context: ChannelHandlerContext) {
            inbox.value.withLock { $0.isClosed = true }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }

    private final class SharedInbox: Sendable {
        let value = Mutex(Inbox())
    }

    let channel: any Channel
    private let inbox: SharedInbox

    private init(channel: any Channel, inbox: SharedInbox) {
        self.channel = channel
        self.inbox = inbox
    }

    static func connect(
        to address: SocketAddress, tls: TLSConfiguration? = nil, autoRead: Bool = true, closesWithServer: Bool = true
    ) async throws -> RawPeer {
        let inbox = SharedInbox()
        let tlsContext = try tls.map { try NIOSSLContext(configuration: $0) }
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.autoRead, value: autoRead)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tlsContext {
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: tlsContext, serverHostname: "localhost"))
                    }
                    try channel.pipeline.syncOperations.addHandler(
                        Collector(inbox, closesWithServer: closesWithServer))
                }
            }
            .connect(to: address).get()
        return RawPeer(channel: channel, inbox: inbox)
    }

    func send(_ bytes: [UInt8]) async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
    }

    func send(_ buffer: ByteBuffer) async throws {
        try await channel.writeAndFlush(buffer).get()
    }

    /// Sends a call of the test service.
    func call(
        _ streamID: UInt32, _ method: String, _ payload: [UInt8] = [], timeoutNano: Int64 = 0,
        metadata: [(key: String, value: String)] = []
    ) async throws {
        try await send(Self.request(streamID, method, payload, timeoutNano: timeoutNano, metadata: metadata))
    }

    static func request(
        _ streamID: UInt32, _ method: String, _ payload: [UInt8] = [], timeoutNano: Int64 = 0,
        metadata: [(key: String, value: String)] = []
    ) throws -> ByteBuffer {
        var buffer = ByteBuffer()
        try buffer.writeRequest(
            streamID: streamID, service: TestService.name, method: method, payload: payload, timeoutNano: timeoutNano,
            metadata: metadata)
        return buffer
    }

    static func frame(
        _ streamID: UInt32, _ type: UInt8, flags: UInt8 = 0, _ body: [UInt8] = [], length: UInt32? = nil
    ) -> [UInt8] {
        var buffer = ByteBuffer()
        buffer.writeFrameHeader(
            FrameHeader(
                length: length ?? UInt32(body.count), streamID: streamID, type: FrameType(rawValue: type),
                flags: FrameFlags(rawValue: flags)))
        buffer.writeBytes(body)
        return Array(buffer.readableBytesView)
    }

    var current: Inbox { inbox.value.withLock { $0 } }

    /// The first response on a stream.
    func response(
        _ streamID: UInt32, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> ResponseEnvelope {
        try await eventually({ current.frames.contains { $0.streamID == streamID } }, sourceLocation: sourceLocation)
        let frame = try #require(current.frames.first { $0.streamID == streamID }, sourceLocation: sourceLocation)
        #expect(frame.type == .response && frame.flags == [], sourceLocation: sourceLocation)
        return try ResponseEnvelope(decoding: frame.body)
    }

    /// The code and reason a stream was refused with.
    func refusal(
        _ streamID: UInt32, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Refusal? {
        guard case .status(let status) = try await response(streamID, sourceLocation: sourceLocation) else {
            return nil
        }
        return try Refusal(status)
    }

    /// True for a peer whose calls are answered.
    func isServed(_ streamID: UInt32 = 0x7fff_ffff) async throws -> Bool {
        try await call(streamID, "Echo", [1, 2, 3])
        return try await response(streamID) == .message([1, 2, 3])
    }

    func waitUntilClosed(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await eventually({ current.isClosed }, sourceLocation: sourceLocation)
    }

    func close() async {
        try? await channel.close().get()
    }

    /// Closes with a reset instead of an orderly end.
    func reset() async {
        if let options = channel as? any SocketOptionProvider {
            try? await options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        }
        await close()
    }
}
