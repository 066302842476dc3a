import MFADomain
import NIOCore
import NIOSSL
import TTRPC

/// The ttRPC wire on one connection: frames in, calls to the method table, responses out.
///
/// Everything here runs on the connection's event loop. All frames of a read are taken in turn; the responses of
/// handlers that did not have to wait leave together in one write, as do those of handlers that resumed in one
/// turn of the loop.
///
/// This file has the channel's events and the flow of bytes; the calls and the timeouts have files of their own.
final class TTRPCConnection: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Responses gathered beyond this are handed on before the read is through.
    private static let flushThresholdBytes = 64 * 1024
    private static let longestLinger: Duration = .seconds(1)

    let listener: Listener
    let limits: WireLimits
    let caller: Caller?
    let eventLoop: any EventLoop
    let executor: EventLoopTaskExecutor

    /// nil before the handler is added and once the channel is gone.
    private(set) var context: ChannelHandlerContext?
    private var decoder: FrameDecoder
    private var outbound = ByteBuffer()

    var calls = InFlightCalls()
    var requestIdentifier = RequestIdentifier()

    private var isDecoding = false
    private var isFlushScheduled = false
    /// The peer does not take its responses, so nothing more is read from it or begun for it.
    private var isPaused = false
    private var isReadHeld = false
    private var isInputClosed = false
    private(set) var isDraining = false
    private(set) var isClosing = false
    /// When a connection whose answers are all sent is closed, if the peer does not close it before.
    private(set) var lingersUntil: ContinuousClock.Instant?

    var watchdog = Watchdog()
    var lastActivity = ContinuousClock.now
    /// When the frame that is incomplete began.
    var frameBegan: ContinuousClock.Instant?
    /// Since when the peer has owed us the reading of its responses.
    var stallBegan: ContinuousClock.Instant?

    init(_ listener: Listener, caller: Caller?, eventLoop: any EventLoop) {
        self.listener = listener
        self.limits = listener.limits
        self.caller = caller
        self.eventLoop = eventLoop
        executor = listener.executors.executor(of: eventLoop)
        decoder = FrameDecoder(maximumBodyBytes: listener.limits.maximumMessageBytes)
    }

    // MARK: Events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        wake(by: lastActivity + limits.idleTimeout)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end()
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isClosing else { return }
        decoder.append(unwrapInboundIn(data))
        decode()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        guard !isClosing else { return }
        lastActivity = .now
        noteFrameProgress()
        if outbound.readableBytes > 0 {
            flush()
        } else {
            acknowledge(context)
        }
        closeIfDone()
    }

    func read(context: ChannelHandlerContext) {
        guard !isPaused else {
            isReadHeld = true
            return
        }
        context.read()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            resume()
        } else {
            pause()
        }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed:
            isInputClosed = true
            if lingersUntil != nil { close() } else { closeIfDone() }
        case WireEvent.drain:
            isDraining = true
            closeIfDone()
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A peer that closes its half without ending TLS first has closed it all the same; the event for that
        // follows. Every other fault of the transport has cost us the connection.
        if case .uncleanShutdown? = error as? NIOSSLError { return }
        close()
    }

    // MARK: Bytes in

    private func decode() {
        guard !isDecoding else { return }
        isDecoding = true
        defer { isDecoding = false }
        do {
            while !isPaused, !isClosing, let event = try decoder.next() {
                frameBegan = nil
                switch event {
                case .frame(let frame): received(frame)
                case .oversize(let header): receivedOversize(header)
                }
                if outbound.readableBytes >= Self.flushThresholdBytes { flush() }
            }
        } catch {
            flush()
            refuse(.reservedByteSet)
        }
    }

    private func noteFrameProgress() {
        guard !isPaused, decoder.isMidFrame else {
            frameBegan = nil
            return
        }
        guard frameBegan == nil else { return }
        frameBegan = lastActivity
        wake(by: lastActivity + limits.frameTimeout)
    }

    /// Where a response goes out with the acknowledgement there is no need to ask for one.
    private func acknowledge(_ context: ChannelHandlerContext) {
        guard let option = SocketOptions.quickAcknowledgement else { return }
        // Fails if the socket is gone, which other events will tell.
        try? context.channel.syncOptions?.setOption(option, value: 1)
    }

    private func pause() {
        guard !isPaused else { return }
        isPaused = true
        stallBegan = .now
        wake(by: .now + limits.stallTimeout)
    }

    private func resume() {
        guard isPaused else { return }
        isPaused = false
        stallBegan = nil
        // In the middle of decoding, the loop there goes on by itself.
        guard !isDecoding else { return }
        decode()
        noteFrameProgress()
        flush()
        if isReadHeld, !isPaused {
            isReadHeld = false
            context?.read()
        }
        closeIfDone()
    }

    // MARK: Bytes out

    /// Answers a stream with a message, or with a status if the message is too large to be sent.
    func respond(_ streamID: UInt32, payload: [UInt8]) {
        makeRoom()
        do {
            try outbound.writeResponse(
                streamID: streamID, payload: payload, maximumBodyBytes: limits.maximumMessageBytes)
        } catch {
            outbound.writeResponse(streamID: streamID, encodedStatus: WireStatus.responseTooLarge)
        }
    }

    func respond(_ streamID: UInt32, encodedStatus: [UInt8]) {
        makeRoom()
        outbound.writeResponse(streamID: streamID, encodedStatus: encodedStatus)
    }

    private func makeRoom() {
        // A connection at rest holds no buffer; one at work starts with room for some dozens of responses.
        if outbound.capacity == 0 { outbound = ByteBufferAllocator().buffer(capacity: 4096) }
    }

    func flush() {
        guard let context, outbound.readableBytes > 0 else { return }
        let bytes = outbound
        outbound = ByteBuffer()
        context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
    }

    /// Writes once for all handlers that resume in this turn of the loop.
    func flushSoon() {
        guard !isFlushScheduled, !isClosing else { return }
        isFlushScheduled = true
        eventLoop.assumeIsolated().execute {
            self.isFlushScheduled = false
            self.lastActivity = .now
            self.flush()
            self.closeIfDone()
        }
    }

    // MARK: The end

    /// Closes once the peer has closed its half or the server drains, and every call has its response.
    private func closeIfDone() {
        guard isInputClosed || isDraining, calls.isEmpty, !isPaused, !isClosing, let context else { return }
        isClosing = true
        stallBegan = .now
        wake(by: .now + limits.stallTimeout)
        let bytes = outbound
        outbound = ByteBuffer()
        context.writeAndFlush(wrapOutboundOut(bytes)).assumeIsolated().whenComplete { _ in
            if self.isInputClosed { self.close() } else { self.linger(context) }
        }
    }

    /// Says that no more will come, and takes what is still on its way: a socket closed with requests unread resets the
    /// connection, which can cost the peer the answers it has not read.
    private func linger(_ context: ChannelHandlerContext) {
        stallBegan = nil
        let end = ContinuousClock.now + Self.longestLinger
        lingersUntil = end
        wake(by: end)
        context.close(mode: .output, promise: nil)
    }

    func close() {
        isClosing = true
        context?.close(promise: nil)
    }

    func refuse(_ refusal: ConnectionRefusal) {
        listener.refusals.record(refusal, peer: context?.remoteAddress)
        close()
    }

    private func end() {
        isClosing = true
        context = nil
        watchdog.cancel()
        calls.abandonAll()
        decoder = FrameDecoder()
        outbound = ByteBuffer()
    }
}
