import Foundation
import MFAMethods
import NIOCore
import NIOEmbedded
import TTRPC
import Testing

@testable import MFAWire

@Suite("Writes and acknowledgements")
struct BatchTests {
    private func makeChannel(_ service: TestService, _ limits: WireLimits = WireFixture.limits()) throws
        -> EmbeddedChannel
    {
        let channel = EmbeddedChannel()
        let listener = Listener(
            identification: .fixed(WireFixture.caller), limits: limits, table: try service.makeTable(),
            callers: CallerDirectory([:]), ledger: ConnectionLedger(limits), refusals: RefusalLog(LogRecorder().logger))
        try channel.pipeline.syncOperations.addHandler(
            TTRPCConnection(listener, caller: WireFixture.caller, eventLoop: channel.eventLoop))
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        return channel
    }

    private func frames(in buffer: ByteBuffer?) throws -> [UInt32] {
        var decoder = FrameDecoder()
        decoder.append(buffer ?? ByteBuffer())
        var ids: [UInt32] = []
        while case .frame(let frame)? = try decoder.next() { ids.append(frame.streamID) }
        return ids
    }

    private func quickAcknowledgements(_ channel: EmbeddedChannel) -> Int {
        channel.options.count {
            ($0.option as? ChannelOptions.Types.SocketOption) == SocketOptions.quickAcknowledgement
        }
    }

    @Test("All calls of a read are answered in one write, in their order if no handler waits")
    func oneWrite() throws {
        let channel = try makeChannel(TestService())
        var requests = ByteBuffer()
        for index in 0..<64 { requests.writeImmutableBuffer(try RawPeer.request(UInt32(index * 2 + 1), "Echo", [1])) }
        try channel.writeInbound(requests)
        #expect(try frames(in: try channel.readOutbound()) == (0..<64).map { UInt32($0 * 2 + 1) })
        #expect(try channel.readOutbound(as: ByteBuffer.self) == nil)
        _ = try channel.finish()
    }

    @Test("Handlers that resume in one turn of the loop are answered in one write")
    func oneWakeUp() throws {
        let service = TestService()
        let channel = try makeChannel(service)
        var requests = ByteBuffer()
        for index in 0..<8 { requests.writeImmutableBuffer(try RawPeer.request(UInt32(index * 2 + 1), "Wait", [1])) }
        try channel.writeInbound(requests)
        #expect(service.entered == 8)
        #expect(try channel.readOutbound(as: ByteBuffer.self) == nil)
        service.open()
        channel.embeddedEventLoop.run()
        #expect(try frames(in: try channel.readOutbound()).count == 8)
        #expect(try channel.readOutbound(as: ByteBuffer.self) == nil)
        _ = try channel.finish()
    }

    @Test("Header and body of a response are one piece")
    func onePiece() throws {
        let channel = try makeChannel(TestService())
        try channel.writeInbound(try RawPeer.request(1, "Large", [2, 0, 0]))
        let written = try #require(try channel.readOutbound(as: ByteBuffer.self))
        #expect(try frames(in: written) == [1])
        _ = try channel.finish()
    }

    #if os(Linux)
    @Test("A read that is not answered at once is acknowledged at once")
    func quickAcknowledgement() throws {
        let channel = try makeChannel(TestService())
        let request = try RawPeer.request(1, "Echo", [1])
        try channel.writeInbound(request)
        #expect(quickAcknowledgements(channel) == 0)
        let header = try #require(request.getSlice(at: 0, length: FrameHeader.byteCount))
        let body = try #require(
            request.getSlice(at: FrameHeader.byteCount, length: request.readableBytes - FrameHeader.byteCount))
        try channel.writeInbound(header)
        #expect(quickAcknowledgements(channel) == 1)
        try channel.writeInbound(body)
        #expect(try frames(in: try channel.readOutbound()) == [1])
        #expect(try frames(in: try channel.readOutbound()) == [1])
        _ = try channel.finish()
    }
    #endif
}

@Suite("Accepting")
struct AcceptPauseTests {
    @Test("Out of descriptors, accepting rests and goes on, with one line for each rest")
    func pause() throws {
        let log = LogRecorder()
        let channel = EmbeddedChannel(handler: AcceptPause(RefusalLog(log.logger)))
        func isAccepting() -> Bool? {
            channel.options.first { $0.option is ChannelOptions.Types.AutoReadOption }?.value as? Bool
        }

        for _ in 0..<100 { channel.pipeline.fireErrorCaught(IOError(errnoCode: EMFILE, reason: "accept")) }
        #expect(isAccepting() == false)
        #expect(log.lines.count == 1)
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(200))
        #expect(isAccepting() == true)
        channel.pipeline.fireErrorCaught(IOError(errnoCode: ENFILE, reason: "accept"))
        #expect(isAccepting() == false)
        #expect(log.lines.count == 2)
        _ = try channel.finish()
    }
}
