import NIOCore
import SwiftProtobuf
import Testing

@testable import TTRPC

@Suite("The request and response envelopes")
struct EnvelopeTests {
    /// Removes the header of a single frame.
    private func body(_ buffer: ByteBuffer) throws -> ByteBuffer {
        var decoder = FrameDecoder()
        decoder.append(buffer)
        guard case .frame(let frame) = try #require(try decoder.next()) else {
            throw EnvelopeError.malformed
        }
        #expect(!decoder.isMidFrame)
        return frame.body
    }

    @Test("A request is written byte for byte as other implementations write it")
    func requestBytes() throws {
        var buffer = ByteBuffer()
        try buffer.writeRequest(
            streamID: 1, service: "wirebench.Echo", method: "Echo", payload: [0x0a, 0x03, 0x61, 0x62, 0x63],
            timeoutNano: 5_000_000_000, metadata: [("who", "me")])
        let expected =
            "0000002e000000010100" + "0a0e7769726562656e63682e4563686f" + "12044563686f" + "1a050a03616263"
            + "2080e497d012" + "2a090a0377686f12026d65"
        #expect(buffer.readableBytesView.map(hex).joined() == expected)
    }

    @Test("A response is written byte for byte as other implementations write it")
    func responseBytes() throws {
        var buffer = ByteBuffer()
        try buffer.writeResponse(streamID: 1, payload: [0x0a, 0x03, 0x61, 0x62, 0x63])
        #expect(buffer.readableBytesView.map(hex).joined() == "0000000700000001020012050a03616263")
    }

    @Test("Requests agree with the generated message, both ways")
    func requestAgreesWithGenerated() throws {
        for timeout: Int64 in [0, 1, 127, 128, -1, .min, .max] {
            var buffer = ByteBuffer()
            try buffer.writeRequest(
                streamID: 3, service: "a.B", method: "C", payload: Array(repeating: 9, count: 300),
                timeoutNano: timeout, metadata: [("k", ""), ("", "v"), ("x-request-id", "r-1"), ("k", "second")])
            let body = try body(buffer)
            let generated = try Ttrpc_Request(serializedBytes: Array(body.readableBytesView))
            #expect(generated.service == "a.B")
            #expect(generated.timeoutNano == timeout)
            #expect(generated.metadata.map(\.key) == ["k", "", "x-request-id", "k"])
            let bytes: [UInt8] = try generated.serializedBytes()
            let envelope = try RequestEnvelope(decoding: ByteBuffer(bytes: bytes))
            #expect(envelope.service == "a.B")
            #expect(envelope.method == "C")
            #expect(envelope.payload == Array(repeating: 9, count: 300))
            #expect(envelope.timeoutNano == timeout)
            #expect(envelope.metadata("x-request-id") == "r-1")
            #expect(envelope.metadata("k") == "")
            #expect(envelope.metadata("absent") == nil)
        }
    }

    @Test("An empty request body is an envelope of defaults")
    func emptyRequest() throws {
        let envelope = try RequestEnvelope(decoding: ByteBuffer())
        #expect(envelope.service.isEmpty && envelope.method.isEmpty && envelope.payload.isEmpty)
        #expect(envelope.timeoutNano == 0 && !envelope.hasMetadata)
    }

    @Test("Unknown fields are skipped and the last of a recurring field counts")
    func unknownAndRecurring() throws {
        let bytes: [UInt8] =
            [0x0a, 1, 0x61, 0x38, 0xff, 0x01, 0x41] + Array(repeating: 0, count: 8) + [0x45, 0, 0, 0, 0]
            + [0x4a, 2, 1, 1, 0x0a, 1, 0x62, 0x10, 0x05]
        #expect(try RequestEnvelope(decoding: ByteBuffer(bytes: bytes)).service == "b")
    }

    @Test(
        "A body that is not protobuf is refused",
        arguments: [
            [0x0a], [0x0a, 0x05, 0x61], [0x00], [0x07], [0x0b, 0x0c], [0x0e],
            [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
            [0x20, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02],
            [0x20, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00],
            [0xff, 0xff, 0xff, 0xff, 0xff, 0x01], [0x41, 0, 0, 0], [0x45, 0], [0x20, 0x80],
            [0x0a, 2, 0xc3, 0x28], [0x12, 1, 0xff], [0x2a, 3, 0x0a, 1, 0xff], [0x2a, 2, 0x0a, 5],
        ] as [[UInt8]])
    func malformed(bytes: [UInt8]) {
        #expect(throws: EnvelopeError.malformed) { try RequestEnvelope(decoding: ByteBuffer(bytes: bytes)) }
    }

    @Test("Groups are refused at once, however deep they nest")
    func groups() {
        let nested = Array(repeating: UInt8(0x33), count: 100_000)
        #expect(throws: EnvelopeError.malformed) { try RequestEnvelope(decoding: ByteBuffer(bytes: nested)) }
    }

    @Test("Metadata pairs are counted before they cost anything")
    func metadataBound() throws {
        let pair: [UInt8] = [0x2a, 0x00]
        let many = Array(repeating: pair, count: ProtocolLimit.maximumMetadataPairs).flatMap(\.self)
        #expect(try RequestEnvelope(decoding: ByteBuffer(bytes: many)).hasMetadata)
        #expect(throws: EnvelopeError.tooManyMetadataPairs) {
            try RequestEnvelope(decoding: ByteBuffer(bytes: many + pair))
        }
    }

    @Test("Truncating or flipping any byte of a request never traps")
    func mutations() throws {
        var buffer = ByteBuffer()
        try buffer.writeRequest(
            streamID: 1, service: "wirebench.Echo", method: "Echo", payload: [1, 2, 3], timeoutNano: -5,
            metadata: [("who", "me")])
        let bytes = Array(try body(buffer).readableBytesView)
        for end in 0..<bytes.count {
            _ = try? RequestEnvelope(decoding: ByteBuffer(bytes: bytes[..<end]))
            for value in UInt8.min ... .max {
                var changed = bytes
                changed[end] = value
                if let envelope = try? RequestEnvelope(decoding: ByteBuffer(bytes: changed)) {
                    _ = (envelope.service, envelope.method, envelope.payload, envelope.metadata("who"))
                }
                _ = try? ResponseEnvelope(decoding: ByteBuffer(bytes: changed))
            }
        }
    }

    @Test("OK comes without a status, with an empty one, with code 0, and as no bytes at all")
    func okForms() throws {
        let forms: [([UInt8], [UInt8])] = [
            ([], []), ([0x0a, 0x00], []), ([0x12, 0x01, 0x07], [7]), ([0x0a, 0x00, 0x12, 0x01, 0x07], [7]),
            ([0x0a, 0x02, 0x08, 0x00, 0x12, 0x01, 0x07], [7]),
        ]
        for (bytes, payload) in forms {
            #expect(try ResponseEnvelope(decoding: ByteBuffer(bytes: bytes)) == .message(payload))
        }
        var buffer = ByteBuffer()
        try buffer.writeResponse(streamID: 1, payload: [])
        #expect(buffer.readableBytes == FrameHeader.byteCount)
    }

    @Test("A status keeps its code, message and details, and has no payload beside it")
    func status() throws {
        let status = Google_Rpc_Status(
            code: 8, message: "busy", details: [(typeURL: "type.googleapis.com/a.B", value: [8, 1])])
        var buffer = ByteBuffer()
        buffer.writeResponse(streamID: 5, status: status)
        let body = try body(buffer)
        #expect(try ResponseEnvelope(decoding: body) == .status(status))
        let generated = try Ttrpc_Response(serializedBytes: Array(body.readableBytesView))
        #expect(generated.status == status)
        #expect(generated.payload.isEmpty)
    }

    @Test("A frame that would be over the limit is not written")
    func oversizeIsNotWritten() {
        var buffer = ByteBuffer()
        #expect(throws: FrameError.oversize(byteCount: 102)) {
            try buffer.writeResponse(streamID: 1, payload: Array(repeating: 0, count: 100), maximumBodyBytes: 101)
        }
        #expect(throws: FrameError.self) {
            try buffer.writeRequest(
                streamID: 1, service: "a.B", method: "C", payload: Array(repeating: 0, count: 5 << 20))
        }
        #expect(buffer.readableBytes == 0)
    }

    private func hex(_ byte: UInt8) -> String {
        let digits = Array("0123456789abcdef")
        return String([digits[Int(byte >> 4)], digits[Int(byte & 15)]])
    }
}
