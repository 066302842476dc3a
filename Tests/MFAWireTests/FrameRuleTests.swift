import NIOCore
import TTRPC
import Testing

@Suite("Frames and streams")
struct FrameRuleTests {
    @Test("A call is answered on its stream")
    func call() async throws {
        try await withServer { fixture in
            let peer = try await fixture.connect()
            try await peer.call(1, "Echo", [1, 2, 3])
            #expect(try await peer.response(1) == .message([1, 2, 3]))
            try await peer.call(3, "Echo")
            #expect(try await peer.response(3) == .message([]))
            #expect(peer.current.frames[1].body.readableBytes == 0)
        }
    }

    @Test("Responses come in any order, and reading goes on while handlers wait")
    func anyOrder() async throws {
        try await withServer { fixture in
            let peer = try await fixture.connect()
            try await peer.call(1, "Wait", [1])
            try await peer.call(3, "Wait", [3])
            try await peer.call(5, "Echo", [5])
            #expect(try await peer.response(5) == .message([5]))
            #expect(peer.current.frames.count == 1)
            fixture.service.open()
            #expect(try await peer.response(1) == .message([1]))
            #expect(try await peer.response(3) == .message([3]))
        }
    }

    @Test("Stream id 0 and even ids are refused with 3", arguments: [0, 2, 0xffff_fffe] as [UInt32])
    func evenIDs(streamID: UInt32) async throws {
        try await withServer { fixture in
            let peer = try await fixture.connect()
            try await peer.call(streamID, "Echo")
            #expect(try await peer.refusal(streamID) == Refusal(3, "STREAM_ID_INVALID"))
            #expect(try await peer.isServed())
        }
    }

    @Test("Finished ids may be used again and ids may fall")
    func reusedIDs() async throws {
        try await withServer { fixture in
            let peer = try await fixture.connect()
            for streamID: UInt32 in [0xffff_ffff, 9, 9, 1, 9] {
                let count = peer.current.frames.count
                try await peer.call(streamID, "Echo", [4])
                try await eventually { peer.current.frames.count == count + 1 }
                #expect(peer.current.frames.last?.streamID == streamID)
                #expect(try peer.current.frames.last.map { try ResponseEnvelope(decoding: $0.body) } == .message([4]))
            }
        }
    }

    @Test("An id in flight is refused with 3, and its stream has that one response only")
    func idInFlight() async throws {
        try await withServer { fixture in
            let peer = try await fixture.connect()
            try await peer.call(1, "Wait", [1])
            try await eventually { fixture.service.entered == 1 }
            try await peer.call(1, "Echo", [2])
            #expect(try await peer.refusal(1) == Refusal(3, "STREAM_ID_IN_FLIGHT"))
            fixture.service.open()
            try await eventually { fixture.server.callsInFlight == 0 }
            #expect(try await peer.isServed())
            #expect(peer.current.frames.count { $0.streamID == 1 } == 1)
        }
    }

    @Test("Unknown types, Responses and Data are dropped in silence, on any stream", arguments: [0, 2, 3, 4, 5, 255])
    func droppedTypes(type: Int) async throws {
        try await withServer { fixture in
            let peer = try await fixture.connect()
            try await peer.call(1, "Echo")
            _ = try await peer.response(1)
            try await peer.call(3, "Wait")
            try await eventually { fixture.service.entered == 1 }
            for streamID: UInt32 in [0, 1, 2, 3, 5] {
                for flags: UInt8 in [0, 1, 4, 5] {
                    try await peer.send(RawPeer.frame(streamID, UInt8(type), flags: flags, [1, 2, 3]))
                }
            }
            try await peer.send(RawPeer.frame(7, UInt8(type), Array(repeating: 0, count: 300_000)))
            #expect(try await peer.isServed())
            #expect(peer.current.frames.count == 2)
            fixture.service.open()
            #expect(try await peer.response(3) == .message([]))
        }
    }

    @Test("Streaming calls are refused with 12, and their Data is dropped", arguments: [1, 2, 3, 6] as [UInt8])
    func streaming(flags: UInt8) async throws {
        try await withServer { fixture in
            let peer = try await fixture.connect()
            var request = Array(try RawPeer.request(1, "Echo", [1]).readableBytesView)
            request[9] = flags
            try await peer.send(request)
            try await peer.send(RawPeer.frame(1, 3, [1]))
            try await peer.send(RawPeer.frame(1, 3, flags: 5))
            #expect(try await peer.refusal(1) == Refusal(12, "STREAMING_UNSUPPORTED"))
            #expect(try await peer.isServed())
            #expect(peer.current.frames.count == 2)
        }
    }

    @Test("Flags without a meaning are ignored")
    func unknownFlags() async throws {
        try await withServer { fixture in
            let peer = try await fixture.connect()
            var request = Array(try RawPeer.request(1, "Echo", [1]).readableBytesView)
            request[9] = 0xfc
            try await peer.send(request)
            #expect(try await peer.response(1) == .message([1]))
        }
    }

    @Test(
        "A request over the limit is discarded, answered with 8, and the next one served",
        arguments: [(262_144, 262_145), (64, 65), (4_194_304, 4_194_305)])
    func oversize(limit: Int, size: Int) async throws {
        try await withServer(WireFixture.limits { $0.maximumMessageBytes = limit }) { fixture in
            let peer = try await fixture.connect()
            try await peer.send(RawPeer.frame(1, 1, Array(repeating: 0x0a, count: size)))
            #expect(try await peer.refusal(1) == Refusal(8, "REQUEST_TOO_LARGE"))
            try await peer.send(RawPeer.frame(2, 1, Array(repeating: 0x0a, count: size)))
            #expect(try await peer.refusal(2) == Refusal(3, "STREAM_ID_INVALID"))
            #expect(try await peer.isServed())
        }
    }

    @Test("A request of exactly the limit is served")
    func exactlyTheLimit() async throws {
        let empty = try RawPeer.request(1, "Echo", [0]).readableBytes - FrameHeader.byteCount
        try await withServer(WireFixture.limits { $0.maximumMessageBytes = empty }) { fixture in
            let peer = try await fixture.connect()
            try await peer.call(1, "Echo", [0])
            #expect(try await peer.response(1) == .message([0]))
            try await peer.call(3, "Echo", [0, 0])
            #expect(try await peer.refusal(3) == Refusal(8, "REQUEST_TOO_LARGE"))
        }
    }

    @Test("A response over the limit becomes status 8")
    func oversizeResponse() async throws {
        try await withServer { fixture in
            let peer = try await fixture.connect()
            try await peer.call(1, "Large", [4, 0, 0])
            #expect(try await peer.refusal(1) == Refusal(8, "RESPONSE_TOO_LARGE"))
            #expect(try await peer.isServed())
        }
    }

    @Test(
        "A first byte that is not zero closes the connection at once; what came before is answered",
        arguments: [[0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1, 1, 0], [0x01], Array("PRI * HTTP/2.0\r\n".utf8)] as [[UInt8]])
    func reservedByte(bytes: [UInt8]) async throws {
        try await withServer { fixture in
            let bystander = try await fixture.connect()
            #expect(try await bystander.isServed(1))
            let peer = try await fixture.connect()
            try await peer.send(Array(try RawPeer.request(1, "Echo", [9]).readableBytesView) + bytes)
            #expect(try await peer.response(1) == .message([9]))
            try await peer.waitUntilClosed()
            #expect(try await bystander.isServed(3))
            #expect(fixture.log.lines.count == 1)
        }
    }

    @Test("In plain text anything but ttRPC is closed at its first byte", arguments: [0x50, 0x16, 0x47] as [UInt8])
    func otherProtocols(firstByte: UInt8) async throws {
        try await withServer { fixture in
            let peer = try await fixture.connect()
            try await peer.send([firstByte])
            try await peer.waitUntilClosed()
            #expect(peer.current.frames.isEmpty)
            #expect(fixture.log.lines.count == 1)
        }
    }

    @Test("A call that drips in byte by byte is answered like any other")
    func drip() async throws {
        try await withServer { fixture in
            let peer = try await fixture.connect()
            for byte in try RawPeer.request(1, "Echo", [1, 2]).readableBytesView { try await peer.send([byte]) }
            #expect(try await peer.response(1) == .message([1, 2]))
        }
    }

    @Test("After the peer's half-close every call in flight is answered, then the connection closes")
    func halfClose() async throws {
        try await withServer { fixture in
            let peer = try await fixture.connect()
            try await peer.call(1, "Wait", [1])
            try await peer.call(3, "Echo", [3])
            try await peer.channel.close(mode: .output).get()
            #expect(try await peer.response(3) == .message([3]))
            #expect(!peer.current.isInputClosed)
            fixture.service.open()
            #expect(try await peer.response(1) == .message([1]))
            try await peer.waitUntilClosed()
            try await eventually { fixture.server.connectionCount == 0 }
        }
    }

    @Test("A half-close in the middle of a frame closes the connection")
    func halfCloseInFrame() async throws {
        try await withServer { fixture in
            let peer = try await fixture.connect()
            try await peer.send([0, 0, 0, 9, 0])
            try await peer.channel.close(mode: .output).get()
            try await peer.waitUntilClosed()
            #expect(peer.current.frames.isEmpty)
        }
    }

    @Test("A peer that vanishes takes its calls' results with it, and nothing else")
    func vanished() async throws {
        try await withServer { fixture in
            let peer = try await fixture.connect()
            try await peer.call(1, "Wait")
            try await eventually { fixture.service.entered == 1 }
            await peer.reset()
            try await eventually { fixture.server.connectionCount == 0 }
            #expect(fixture.server.callsInFlight == 1)
            fixture.service.open()
            try await eventually { fixture.server.callsInFlight == 0 }
            let other = try await fixture.connect()
            #expect(try await other.isServed())
        }
    }
}
