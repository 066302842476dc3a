import NIOCore

/// Stops accepting for a moment when the system has no descriptor or memory for another connection.
///
/// The listening socket stays open through such errors, but it also stays readable: without a pause the event
/// loop would do nothing but fail to accept. (SwiftNIO's own AcceptBackoffHandler puts off the next read, which
/// does not help here: the one that failed is still pending.)
final class AcceptPause: ChannelInboundHandler {
    typealias InboundIn = any Channel

    private static let pause = TimeAmount.milliseconds(200)

    private let refusals: RefusalLog
    private var timer: Scheduled<Void>?

    init(_ refusals: RefusalLog) {
        self.refusals = refusals
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is IOError, timer == nil else { return }
        refusals.record(.outOfDescriptors, peer: nil)
        setAccepting(false, context)
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: Self.pause) {
            self.timer = nil
            self.setAccepting(true, context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        timer = nil
        context.fireChannelInactive()
    }

    private func setAccepting(_ isAccepting: Bool, _ context: ChannelHandlerContext) {
        // Fails only once the listener is closed.
        try? context.channel.syncOptions?.setOption(.autoRead, value: isAccepting)
    }
}
