import MFAMethods
import NIOCore
import TTRPC

extension TTRPCConnection {
    func received(_ frame: Frame) {
        // Data of a call that was refused or is long finished is dropped in silence, since an answer to each such
        // frame wedges clients; so are types we do not know.
        guard frame.type == .request else { return }
        if let refusal = begin(frame) { answer(frame.streamID, refusal) }
    }

    func receivedOversize(_ header: FrameHeader) {
        guard header.type == .request else { return }
        answer(
            header.streamID, Self.isRequestID(header.streamID) ? WireStatus.requestTooLarge : WireStatus.streamIDInvalid
        )
    }

    /// Starts the call a Request asks for, or returns the status to refuse it with.
    private func begin(_ frame: Frame) -> [UInt8]? {
        guard Self.isRequestID(frame.streamID) else { return WireStatus.streamIDInvalid }
        guard !calls.contains(frame.streamID) else { return WireStatus.streamIDInFlight }
        guard frame.flags.isDisjoint(with: [.remoteClosed, .remoteOpen]) else { return WireStatus.streamingUnsupported }
        guard let caller else { return WireStatus.callerUnknown }
        guard !isDraining else { return WireStatus.shuttingDown }

        let envelope: RequestEnvelope
        do throws(EnvelopeError) {
            envelope = try RequestEnvelope(decoding: frame.body)
        } catch .tooManyMetadataPairs {
            return WireStatus.metadataTooMany
        } catch {
            return WireStatus.envelopeMalformed
        }
        guard envelope.timeoutNano >= 0 else { return WireStatus.deadlineExceeded }
        let row = envelope.withNames { listener.table.row(service: $0, method: $1) }
        guard let row else { return WireStatus.methodUnknown }

        guard calls.handlerCount < limits.maximumCallsInFlightPerConnection else { return WireStatus.connectionBusy }
        guard listener.ledger.callBegins() else { return WireStatus.serverBusy }
        let deadline = envelope.timeoutNano > 0 ? ContinuousClock.now + .nanoseconds(envelope.timeoutNano) : nil
        let requestID = envelope.hasMetadata ? RequestIdentifier.accepted(envelope) : nil
        run(
            row, streamID: frame.streamID, payload: envelope.payload,
            context: CallContext(
                caller: caller, deadline: deadline, requestID: requestID ?? requestIdentifier.next(),
                traceparent: envelope.hasMetadata ? TraceParent.accepted(envelope) : nil))
        return nil
    }

    /// Enters the handler. One that does not wait has returned, and its response is written, when this returns.
    private func run(
        _ row: MethodTable.RowNumber, streamID: UInt32, payload: [UInt8], context: CallContext
    ) {
        let serial = calls.enter()
        let connection = NIOLoopBound(self, eventLoop: eventLoop)
        let handler = listener.table.handler(of: row)
        Task.immediate(executorPreference: executor) {
            let reply = await handler(payload, context)
            connection.value.completed(serial, streamID: streamID, reply)
        }
        if calls.leave(serial, streamID: streamID, deadline: context.deadline), let deadline = context.deadline {
            wake(by: deadline)
        }
    }

    private func completed(_ serial: InFlightCalls.Serial, streamID: UInt32, _ reply: CallReply) {
        listener.ledger.callEnded()
        let completion = calls.complete(serial, streamID: streamID)
        if case .unwanted = completion { return }
        switch reply {
        case .message(let payload): respond(streamID, payload: payload)
        case .status(let status): respond(streamID, encodedStatus: WireStatus.encode(status))
        }
        // At once means in the middle of a read, which flushes at its end.
        if case .later = completion { flushSoon() }
    }

    /// Answers a stream without its handler.
    func answer(_ streamID: UInt32, _ encodedStatus: [UInt8]) {
        calls.abandon(streamID)
        respond(streamID, encodedStatus: encodedStatus)
    }

    /// Even ids are the server's, which opens no streams; 0 is nobody's.
    private static func isRequestID(_ streamID: UInt32) -> Bool {
        streamID & 1 == 1
    }
}
