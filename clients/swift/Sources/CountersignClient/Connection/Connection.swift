import NIOCore
import NIOTLS
import TTRPC

/// One connection and the calls in flight on it. Lives on its event loop.
final class Connection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// What a connection tells its keeper, each at most once.
    struct Events {
        /// Calls can be sent.
        var isReady: (Connection) -> Void
        /// It ended, with what went wrong if something did. Its calls have been told.
        var hasEnded: (Connection, (any Error)?) -> Void
    }

    private let address: String
    private let waitsForHandshake: Bool
    private let events: Events
    private var streamIDs: StreamIDs
    private var decoder = FrameDecoder()
    private var inFlight: [UInt32: (call: PendingCall, sentAt: NIODeadline)] = [:]
    private var lastReadAt = NIODeadline.now()
    private var context: ChannelHandlerContext?
    private var failure: (any Error)?
    private var isFlushScheduled = false
    private var closesWhenIdle = false
    /// Whether the server ever sent a frame: it is there, and it speaks the protocol.
    private(set) var hasBeenAnswered = false

    init(address: String, waitsForHandshake: Bool, streamIDs: StreamIDs, events: Events) {
        self.address = address
        self.waitsForHandshake = waitsForHandshake
        self.streamIDs = streamIDs
        self.events = events
    }

    var isUsedUp: Bool { streamIDs.isUsedUp }

    // MARK: Calls

    /// Sends a call, or ends it with the reason why not.
    func send(_ call: PendingCall) {
        guard let context, let streamID = streamIDs.next() else {
            call.end(.failure(CountersignError.connectionLost(address, nil)))
            return
        }
        let now = NIODeadline.now()
        let timeLeft = call.deadline - now
        guard timeLeft > .zero else {
            call.end(.failure(CountersignError.deadlineExceeded))
            return
        }
        var frame = context.channel.allocator.buffer(capacity: 0)
        do throws(FrameError) {
            try frame.writeRequest(
                streamID: streamID, service: call.service, method: call.method, payload: call.payload,
                timeoutNano: timeLeft.nanoseconds, metadata: call.metadata)
        } catch {
            call.end(.failure(CountersignError(error)))
            return
        }
        inFlight[streamID] = (call, now)
        context.write(wrapOutboundOut(frame), promise: nil)
        scheduleFlush(context)
    }

    var earliestDeadline: NIODeadline? {
        inFlight.values.lazy.map(\.call.deadline).min()
    }

    /// Lets go of calls that are due, and of cancelled ones; a late answer finds no stream and is dropped.
    func endCalls(dueBy now: NIODeadline) {
        for entry in inFlight.values where entry.call.deadline <= now {
            entry.call.end(.failure(CountersignError.deadlineExceeded))
        }
        inFlight = inFlight.filter { !$0.value.call.hasEnded }
        closeIfDone()
    }

    /// Whether a call that is due now was sent at least `time` ago and nothing at all came since: the peer may be
    /// gone without a word, which TCP alone notices after many minutes.
    func isSilent(at now: NIODeadline, for time: TimeAmount) -> Bool {
        inFlight.values.contains {
            $0.call.deadline <= now && $0.sentAt + time <= now && lastReadAt < $0.sentAt
        }
    }

    /// No new calls; closes after the last one in flight.
    func retire() {
        closesWhenIdle = true
        closeIfDone()
    }

    func close(because error: any Error) {
        if failure == nil { failure = error }
        context?.close(promise: nil)
    }

    /// One flush for all calls that are handed over in the same turn of the event loop.
    private func scheduleFlush(_ context: ChannelHandlerContext) {
        guard !isFlushScheduled else { return }
        isFlushScheduled = true
        context.eventLoop.assumeIsolated().execute {
            self.isFlushScheduled = false
            self.context?.flush()
        }
    }

    private func closeIfDone() {
        if closesWhenIdle, inFlight.isEmpty { context?.close(promise: nil) }
    }

    // MARK: Channel

    /// The channel is active already: handlers are added to an established connection.
    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if !waitsForHandshake { events.isReady(self) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if waitsForHandshake, case .handshakeCompleted? = event as? TLSUserEvent { events.isReady(self) }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        lastReadAt = .now()
        decoder.append(unwrapInboundIn(data))
        do throws(FrameError) {
            while let event = try decoder.next() { received(event) }
        } catch {
            // The place in the byte stream is lost: nothing after this can be trusted.
            close(because: CountersignError(error))
        }
        closeIfDone()
    }

    /// Frames of other types, and Responses to streams that are over or never were, are skipped.
    private func received(_ event: FrameDecoder.Event) {
        hasBeenAnswered = true
        switch event {
        case .frame(let frame):
            guard frame.type == .response else { return }
            inFlight.removeValue(forKey: frame.streamID)?.call.end(.success(frame.body))
        case .oversize(let header):
            guard header.type == .response else { return }
            inFlight.removeValue(forKey: header.streamID)?.call.end(
                .failure(CountersignError.malformedAnswer("\(header.length) bytes, more than the protocol allows")))
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        close(because: error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        let calls = inFlight.values
        inFlight = [:]
        self.context = nil
        let error = failure as? CountersignError ?? .connectionLost(address, failure.map(ConnectionFailure.describe))
        for entry in calls { entry.call.end(.failure(error)) }
        events.hasEnded(self, failure)
        context.fireChannelInactive()
    }
}

extension CountersignError {
    init(_ error: FrameError) {
        switch error {
        case .oversize(let byteCount):
            self = .requestTooLarge(byteCount: byteCount, limit: ProtocolLimit.maximumBodyBytes)
        case .reservedByteSet:
            self = .malformedAnswer("what arrived is not a frame of the protocol")
        }
    }
}
