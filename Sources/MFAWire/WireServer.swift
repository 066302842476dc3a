public import Logging
public import MFAMethods
public import NIOCore
import NIOPosix
import NIOSSL

/// A listener: takes connections, finds out who calls, hands calls to the method table.
public final class WireServer: Sendable {
    /// Where it listens, with the port the system chose if none was configured.
    public let localAddress: SocketAddress

    private let listener: Listener
    private let channel: any Channel

    private init(_ listener: Listener, _ channel: any Channel, localAddress: SocketAddress) {
        self.listener = listener
        self.channel = channel
        self.localAddress = localAddress
    }

    /// Returns once connections are accepted. Throws a ``WireError`` that says what is wrong.
    public static func start(
        configuration: WireConfiguration, table: MethodTable, callers: CallerDirectory, logger: Logger,
        group: any EventLoopGroup
    ) async throws -> WireServer {
        let identification: Listener.Identification =
            switch configuration.security {
            case .tls(let files): .certificate(try ListenerTLS(files))
            case .plaintext(let caller): .fixed(caller)
            }
        let limits = configuration.limits
        let listener = Listener(
            identification: identification, limits: limits, table: table, callers: callers,
            ledger: ConnectionLedger(limits), refusals: RefusalLog(logger))

        let high = max(2, limits.maximumOutboundBacklogBytes)
        var bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptPause(listener.refusals))
                }
            }
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.writeBufferWaterMark, value: .init(low: high / 2, high: high))
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try Self.accept(channel, listener) }
            }
        for (option, value) in SocketOptions.vanishedPeers {
            bootstrap = bootstrap.childChannelOption(option, value: value)
        }

        let host = configuration.host
        let port = configuration.port
        do {
            // By `bind(host:)` the system would look a name up, and ask its name service daemon about an address too.
            let address = try SocketAddress(ipAddress: host, port: port)
            let channel = try await bootstrap.bind(to: address).get()
            guard let localAddress = channel.localAddress else {
                throw WireError.bind(host: host, port: port, reason: "the socket has no address")
            }
            return WireServer(listener, channel, localAddress: localAddress)
        } catch let error as WireError {
            throw error
        } catch {
            throw WireError.bind(host: host, port: port, reason: "\(error)")
        }
    }

    /// Stops accepting, lets every connection answer what is in flight, and closes what is left when `grace` is
    /// over. Calls that arrive meanwhile are answered UNAVAILABLE and are not begun.
    public func shutdown(grace: Duration) async {
        try? await channel.close().get()
        let connections = listener.ledger.drain()
        for connection in connections { connection.pipeline.fireUserInboundEventTriggered(WireEvent.drain) }
        let cut = channel.eventLoop.scheduleTask(in: TimeAmount(grace)) {
            for connection in connections { connection.close(promise: nil) }
        }
        for connection in connections { try? await connection.closeFuture.get() }
        cut.cancel()
    }

    /// Connections that are open.
    public var connectionCount: Int { listener.ledger.connectionCount }

    /// Calls whose handlers are at work.
    public var callsInFlight: Int { listener.ledger.callCount }

    private static func accept(_ channel: any Channel, _ listener: Listener) throws {
        if let refusal = listener.ledger.admit(channel) {
            listener.refusals.record(refusal, peer: channel.remoteAddress)
            channel.close(promise: nil)
            return
        }
        if case .certificate(let tls) = listener.identification {
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls.context))
        }
        try channel.pipeline.syncOperations.addHandler(ConnectionGate(listener))
    }
}
