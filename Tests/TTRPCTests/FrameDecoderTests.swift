import NIOCore
import Testing

@testable import TTRPC

@Suite("The frame decoder")
struct FrameDecoderTests {
    /// Feeds the pieces in turn and collects what comes out.
    private func events(
        of pieces: [[UInt8]], maximumBodyBytes: Int = ProtocolLimit.maximumBodyBytes
    ) throws -> (events: [FrameDecoder.Event], isMidFrame: Bool) {
        var decoder = FrameDecoder(maximumBodyBytes: maximumBodyBytes)
        var events: [FrameDecoder.Event] = []
        for piece in pieces {
            decoder.append(ByteBuffer(bytes: piece))
            while let event = try decoder.next() { events.append(event) }
        }
        return (events, decoder.isMidFrame)
    }

    private func frame(_ streamID: UInt32, _ type: FrameType, _ body: [UInt8]) -> Frame {
        Frame(streamID: streamID, type: type, body: ByteBuffer(bytes: body))
    }

    private func bytes(_ frame: Frame) -> [UInt8] {
        var buffer = ByteBuffer()
        buffer.writeFrameHeader(
            FrameHeader(
                length: UInt32(frame.body.readableBytes), streamID: frame.streamID, type: frame.type, flags: frame.flags
            ))
        buffer.writeImmutableBuffer(frame.body)
        return Array(buffer.readableBytesView)
    }

    @Test("A header is length, stream id, type and flags, big-endian")
    func header() {
        var buffer = ByteBuffer()
        buffer.writeFrameHeader(
            FrameHeader(length: 0x0102_0304, streamID: 0x0506_0708, type: .data, flags: [.remoteClosed, .noData]))
        #expect(Array(buffer.readableBytesView) == [1, 2, 3, 4, 5, 6, 7, 8, 3, 5])
        #expect(buffer.readFrameHeader()?.streamID == 0x0506_0708)
    }

    @Test("The same frames come out wherever the stream is split, and when it drips")
    func everySplit() throws {
        let frames = [
            frame(1, .request, [1, 2, 3]), frame(3, .response, []), frame(5, FrameType(rawValue: 9), [0, 0, 0, 0]),
            frame(0xffff_ffff, .data, Array(repeating: 7, count: 40)),
        ]
        let stream = frames.flatMap(bytes)
        let expected = frames.map(FrameDecoder.Event.frame)
        for split in 0...stream.count {
            let result = try events(of: [Array(stream[..<split]), Array(stream[split...])])
            #expect(result.events == expected)
            #expect(!result.isMidFrame)
        }
        #expect(try events(of: stream.map { [$0] }).events == expected)
        for size in 2...13 {
            let pieces = stride(from: 0, to: stream.count, by: size).map {
                Array(stream[$0..<min($0 + size, stream.count)])
            }
            #expect(try events(of: pieces).events == expected)
        }
    }

    @Test("An oversize body is reported once, dropped wherever it is split, and the next frame follows")
    func oversize() throws {
        let next = frame(9, .request, [4])
        for size in [9, 100] {
            let large = frame(7, .request, Array(repeating: 0xee, count: size))
            let stream = bytes(large) + bytes(next)
            let expected: [FrameDecoder.Event] = [
                .oversize(FrameHeader(length: UInt32(size), streamID: 7, type: .request)), .frame(next),
            ]
            for split in 0...stream.count {
                let result = try events(
                    of: [Array(stream[..<split]), Array(stream[split...])], maximumBodyBytes: 8)
                #expect(result.events == expected)
                #expect(!result.isMidFrame)
            }
            #expect(try events(of: stream.map { [$0] }, maximumBodyBytes: 8).events == expected)
        }
    }

    @Test("A body of exactly the limit is legal, one byte more is not")
    func limit() throws {
        let atLimit = frame(1, .request, Array(repeating: 1, count: ProtocolLimit.maximumBodyBytes))
        #expect(try events(of: [bytes(atLimit)]).events == [.frame(atLimit)])
        let header: [UInt8] = [0x00, 0x40, 0x00, 0x01, 0, 0, 0, 1, 1, 0]
        let over = try events(of: [header])
        #expect(over.events == [.oversize(FrameHeader(length: 4_194_305, streamID: 1, type: .request))])
        #expect(over.isMidFrame)
    }

    @Test("A limit above the protocol's is the protocol's")
    func protocolLimitHolds() throws {
        let header: [UInt8] = [0x00, 0x40, 0x00, 0x01, 0, 0, 0, 1, 1, 0]
        #expect(try events(of: [header], maximumBodyBytes: .max).events.count == 1)
    }

    @Test("A first byte that is not zero is an error before the header is complete")
    func reservedByte() {
        #expect(throws: FrameError.reservedByteSet) { try events(of: [[0x01]]) }
        #expect(throws: FrameError.reservedByteSet) {
            try events(of: [[0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1, 1, 0]])
        }
        #expect(throws: FrameError.reservedByteSet) {
            try events(of: [bytes(frame(1, .request, [1])), Array("PRI * HTTP/2.0".utf8)])
        }
    }

    @Test("Random bytes never trap")
    func randomBytes() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            let noise = (0..<Int.random(in: 1...64, using: &generator)).map { index in
                index % 10 == 0 ? 0 : UInt8.random(in: .min ... .max, using: &generator)
            }
            _ = try? events(of: [noise], maximumBodyBytes: 16)
        }
    }
}
