import NIOCore
import NIOPosix
import NIOSSL

/// One attempt to reach the server: the certificate files, then the TCP connection.
struct Dialler {
    struct Dialled {
        let channel: any Channel
        /// Nil in plain text.
        let tls: NIOSSLContext?
    }

    let configuration: CountersignClient.Configuration
    let eventLoop: any EventLoop

    func dial() -> EventLoopFuture<Dialled> {
        tlsContext().flatMap { [configuration, eventLoop] tls in
            ClientBootstrap(group: eventLoop)
                .connectTimeout(TimeAmount(configuration.connectTimeout))
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .channelOption(.socketOption(.so_keepalive), value: 1)
                .connect(host: configuration.host, port: configuration.port)
                .map { Dialled(channel: $0, tls: tls) }
        }
    }

    private func tlsContext() -> EventLoopFuture<NIOSSLContext?> {
        guard let tls = configuration.tls else { return eventLoop.makeSucceededFuture(nil) }
        return NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) { try tls.context() }
    }
}
