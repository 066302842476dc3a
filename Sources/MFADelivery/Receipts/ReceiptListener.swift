public import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import Synchronization

/// A small HTTP listener for delivery receipts: `/receipts/TOKEN?status=STATUS`, or a form with `status` or Twilio's
/// `MessageStatus` in a POST to `/receipts/TOKEN`.
///
/// It answers 204 when the receipt was taken, 404 for a token nobody knows, and does not say more. Receipts may come
/// twice, late, in any order and from anybody: what to make of one is the sink's business.
public final class ReceiptListener: Sendable {
    /// Takes a receipt; false if it does not know the token.
    public typealias Sink = @Sendable (DeliveryReceipt) async -> Bool

    /// Where it listens, with the port the system chose.
    public let localAddress: SocketAddress

    private let channel: any NIOCore.Channel

    private init(_ channel: any NIOCore.Channel, localAddress: SocketAddress) {
        self.channel = channel
        self.localAddress = localAddress
    }

    /// Throws a ``DeliverySettingsError`` that names the key.
    public static func start(
        _ settings: ReceiptSettings, group: any EventLoopGroup, sink: @escaping Sink
    ) async throws -> ReceiptListener {
        try settings.validate()
        let connections = ConnectionCount(limit: settings.maximumConnections)
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard connections.enter() else {
                        channel.close(promise: nil)
                        return
                    }
                    channel.closeFuture.whenComplete { _ in connections.leave() }
                    var limits = NIOHTTPDecoderLimitConfiguration()
                    limits.maxHeaderFieldSize = 4 * 1024
                    limits.maxHeaderListSize = 16 * 1024
                    limits.maxHeaderFieldCount = 64
                    try channel.pipeline.syncOperations.addHandlers(
                        HTTPResponseEncoder(),
                        ByteToMessageHandler(HTTPRequestDecoder(limitConfiguration: limits)),
                        ReceiptHandler(timeout: .seconds(Int64(settings.timeoutSeconds)), sink: sink))
                }
            }
        guard let address = try? SocketAddress(ipAddress: settings.host, port: settings.port) else {
            throw DeliverySettingsError(key: "host", problem: "expected an IP address")
        }
        let channel: any NIOCore.Channel
        do {
            channel = try await bootstrap.bind(to: address).get()
        } catch {
            throw DeliverySettingsError(
                key: "host", problem: "cannot listen on \(settings.host):\(settings.port): \(error)")
        }
        guard let localAddress = channel.localAddress else {
            throw DeliverySettingsError(key: "host", problem: "the socket has no address")
        }
        return ReceiptListener(channel, localAddress: localAddress)
    }

    /// Stops accepting. Requests that are under way end by themselves.
    public func close() async {
        try? await channel.close().get()
    }
}

/// Connections that are open.
private final class ConnectionCount: Sendable {
    private let limit: Int
    private let count = Atomic(0)

    init(limit: Int) {
        self.limit = limit
    }

    func enter() -> Bool {
        if count.add(1, ordering: .relaxed).newValue <= limit { return true }
        leave()
        return false
    }

    func leave() {
        count.subtract(1, ordering: .relaxed)
    }
}
