import MFADomain
import NIOCore
import NIOSSL
import NIOTLS

/// Stands in a connection's pipeline until the caller and the wire are known, then makes room for the wire's own
/// handler. Nothing a peer sends reaches the method table before that.
final class ConnectionGate: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let listener: Listener
    private var timeout: Scheduled<Void>?
    private var isRefused = false

    init(_ listener: Listener) {
        self.listener = listener
    }

    func handlerAdded(context: ChannelHandlerContext) {
        timeout = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(listener.limits.handshakeTimeout)) {
            self.refuse(.handshakeTimeout, context)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timeout?.cancel()
    }

    func channelInactive(context: ChannelHandlerContext) {
        timeout?.cancel()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case TLSUserEvent.handshakeCompleted(let negotiated):
            guard case .certificate(let tls) = listener.identification else { return }
            handshakeCompleted(negotiated, tls, context)
        case WireEvent.drain, ChannelEvent.inputClosed:
            context.close(promise: nil)
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    /// In plain text only: behind TLS the gate is gone before the first byte.
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isRefused, case .fixed(let caller) = listener.identification else { return }
        let bytes = unwrapInboundIn(data)
        guard let firstByte = bytes.getInteger(at: bytes.readerIndex, as: UInt8.self) else { return }
        guard let wire = WireProtocol(firstByte: firstByte) else { return refuse(.protocolUnknown, context) }
        guard open(wire, for: caller, named: caller.name, context) else { return }
        context.fireChannelRead(data)
        leave(context)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // BoringSSL's words describe the fault, never what the peer sent.
        refuse(.handshakeFailed, context, detail: (error as? NIOSSLError).map { "\($0)" })
    }

    private func handshakeCompleted(_ negotiated: String?, _ tls: ListenerTLS, _ context: ChannelHandlerContext) {
        guard !isRefused else { return }
        guard let wire = WireProtocol(negotiated: negotiated) else { return refuse(.protocolUnknown, context) }
        let handler = try? context.pipeline.syncOperations.handler(type: NIOSSLServerHandler.self)
        switch CallerIdentity.name(in: handler?.peerCertificate, revoked: tls.revoked) {
        case .success(let name):
            if open(wire, for: listener.callers.caller(identity: name), named: name, context) { leave(context) }
        case .failure(let refusal): refuse(refusal.reason, context)
        }
    }

    /// Adds the wire's handler behind the gate. False if the connection was refused instead.
    private func open(
        _ wire: WireProtocol, for caller: Caller?, named name: String, _ context: ChannelHandlerContext
    ) -> Bool {
        if let refusal = listener.ledger.identify(context.channel, as: name) {
            refuse(refusal, context)
            return false
        }
        switch wire {
        case .ttrpc:
            let connection = TTRPCConnection(listener, caller: caller, eventLoop: context.eventLoop)
            guard (try? context.pipeline.syncOperations.addHandler(connection, position: .after(self))) != nil else {
                context.close(promise: nil)
                return false
            }
        }
        return true
    }

    private func leave(_ context: ChannelHandlerContext) {
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }

    private func refuse(_ refusal: ConnectionRefusal, _ context: ChannelHandlerContext, detail: String? = nil) {
        guard !isRefused else { return }
        isRefused = true
        listener.refusals.record(refusal, peer: context.remoteAddress, detail: detail)
        context.close(promise: nil)
    }
}
