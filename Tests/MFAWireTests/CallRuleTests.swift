import MFAMethods
import NIOCore
import TTRPC
import Testing

@Suite("Calls, deadlines and metadata")
struct CallRuleTests {
    @Test(
        "A body that is not an envelope is refused with 3", arguments: [[0x0a], [0x0b], [0x0a, 1, 0xff]] as [[UInt8]])
    func malformed(body: [UInt8]) async throws {
        try await withServer { fixture in
            let peer = try await fixture.connect()
            try await peer.send(RawPeer.frame(1, 1, body))
            #expect(try await peer.refusal(1) == Refusal(3, "ENVELOPE_MALFORMED"))
            #expect(try await peer.isServed())
        }
    }

    @Test("A hundred thousand nested groups in the envelope are refused with 3")
    func nesting() async throws {
        try await withServer { fixture in
            let peer = try await fixture.connect()
            try await peer.send(RawPeer.frame(1, 1, Array(repeating: 0x33, count: 100_000)))
            #expect(try await peer.refusal(1) == Refusal(3, "ENVELOPE_MALFORMED"))
            #expect(try await peer.isServed())
        }
    }

    @Test("A hundred thousand metadata pairs are refused with 3")
    func metadataBomb() async throws {
        try await withServer { fixture in
            let peer = try await fixture.connect()
            try await peer.send(
                RawPeer.frame(1, 1, Array(repeating: [0x2a, 0x00] as [UInt8], count: 100_000).flatMap(\.self)))
            #expect(try await peer.refusal(1) == Refusal(3, "METADATA_TOO_MANY"))
        }
    }

    @Test("Unknown fields are skipped, however many")
    func unknownFields() async throws {
        try await withServer { fixture in
            let peer = try await fixture.connect()
            let request = try RawPeer.request(1, "Echo", [5])
            let unknown = Array(repeating: [0x50, 0x01] as [UInt8], count: 100_000).flatMap(\.self)
            try await peer.send(
                RawPeer.frame(1, 1, Array(request.readableBytesView.dropFirst(FrameHeader.byteCount)) + unknown))
            #expect(try await peer.response(1) == .message([5]))
        }
    }

    @Test("Methods and services that are not there are refused with 12")
    func unknownMethod() async throws {
        try await withServer { fixture in
            let peer = try await fixture.connect()
            let names = [
                (TestService.name, "Nothing"), ("test.v1.Nothing", "Echo"), ("", ""), (TestService.name, "echo"),
                (TestService.name + "/Echo", ""), (TestService.name, "Echo\u{0}"),
                (String(repeating: "a", count: 100_000), String(repeating: "b", count: 100_000)),
            ]
            for (index, (service, method)) in names.enumerated() {
                var buffer = ByteBuffer()
                let streamID = UInt32(index * 2 + 1)
                try buffer.writeRequest(streamID: streamID, service: service, method: method, payload: [])
                try await peer.send(buffer)
                #expect(try await peer.refusal(streamID) == Refusal(12, "METHOD_UNKNOWN"))
            }
        }
    }

    @Test("A time that is already over is answered with 4, and the handler is not entered", arguments: [-1, Int64.min])
    func negativeTimeout(timeoutNano: Int64) async throws {
        try await withServer { fixture in
            let peer = try await fixture.connect()
            try await peer.call(1, "Wait", timeoutNano: timeoutNano)
            #expect(try await peer.refusal(1) == Refusal(4, "DEADLINE_EXCEEDED"))
            #expect(fixture.service.entered == 0)
        }
    }

    @Test("A deadline that passes while the handler waits is answered with 4, and the late result is dropped")
    func deadline() async throws {
        try await withServer { fixture in
            let peer = try await fixture.connect()
            try await peer.call(1, "Wait", timeoutNano: 500_000_000)
            try await peer.call(3, "Wait", timeoutNano: 60_000_000_000)
            try await peer.call(5, "Wait", timeoutNano: 400_000_000)
            try await peer.call(7, "Wait", timeoutNano: .max)
            #expect(try await peer.refusal(1) == Refusal(4, "DEADLINE_EXCEEDED"))
            #expect(try await peer.refusal(5) == Refusal(4, "DEADLINE_EXCEEDED"))
            #expect(fixture.server.callsInFlight == 4)
            fixture.service.open()
            #expect(try await peer.response(3) == .message([]))
            #expect(try await peer.response(7) == .message([]))
            try await eventually { fixture.server.callsInFlight == 0 }
            #expect(try await peer.isServed())
            #expect(peer.current.frames.count == 5)
        }
    }

    @Test("A stream id is free again after its deadline, while the old handler still runs")
    func reuseAfterDeadline() async throws {
        try await withServer { fixture in
            let peer = try await fixture.connect()
            try await peer.call(1, "Wait", [1], timeoutNano: 300_000_000)
            #expect(try await peer.refusal(1) == Refusal(4, "DEADLINE_EXCEEDED"))
            try await peer.call(1, "Wait", [2])
            try await eventually { fixture.service.entered == 2 }
            fixture.service.open()
            try await eventually { peer.current.frames.count == 2 }
            #expect(try ResponseEnvelope(decoding: peer.current.frames[1].body) == .message([2]))
            try await eventually { fixture.server.callsInFlight == 0 }
            #expect(peer.current.frames.count == 2)
        }
    }

    @Test("Handlers know the deadline, the caller and the trace")
    func context() async throws {
        try await withServer { fixture in
            let peer = try await fixture.connect()
            let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
            try await peer.call(
                1, "Echo", timeoutNano: 5_000_000_000,
                metadata: [("x-request-id", "order-42"), ("traceparent", trace)])
            _ = try await peer.response(1)
            let context = try #require(fixture.service.contexts.first)
            #expect(context.caller == WireFixture.caller)
            #expect(context.requestID == "order-42")
            #expect(context.traceparent == trace)
            let left = try #require(context.deadline).duration(to: .now) * -1
            #expect(left > .seconds(0) && left <= .seconds(5))
        }
    }

    @Test("Request ids are made where none, or none fit for a log line, came")
    func requestIDs() async throws {
        try await withServer { fixture in
            let unfit = ["", "a b", "line\nbreak", "\u{1b}[31m", "é", String(repeating: "x", count: 65)]
            let peers = [try await fixture.connect(), try await fixture.connect()]
            for peer in peers {
                for (index, value) in unfit.enumerated() {
                    try await peer.call(
                        UInt32(index * 2 + 1), "Echo", metadata: [("x-request-id", value), ("traceparent", value)])
                }
                #expect(try await peer.isServed())
            }
            let contexts = fixture.service.contexts
            #expect(contexts.count == 14)
            #expect(Set(contexts.map(\.requestID)).count == 14)
            #expect(contexts.allSatisfy { (9...15).contains($0.requestID.utf8.count) })
            #expect(contexts.compactMap(\.traceparent) == [unfit[5], unfit[5]])
            let longest = String(repeating: "y", count: 64)
            try await peers[0].call(1, "Echo", metadata: [("x-request-id", longest)])
            try await eventually { fixture.service.contexts.last?.requestID == longest }
        }
    }

    @Test("An error a handler returns reaches the caller and leaves connection and server as they were")
    func handlerError() async throws {
        try await withServer { fixture in
            let peer = try await fixture.connect()
            for streamID: UInt32 in stride(from: 1, to: 200, by: 2) {
                try await peer.call(streamID, "Fail")
                #expect(try await peer.refusal(streamID) == Refusal(13, "INTERNAL"))
            }
            #expect(try await peer.isServed())
            #expect(fixture.server.callsInFlight == 0)
        }
    }

    @Test("Refusals say the same whatever was sent, and never what was sent")
    func noEcho() async throws {
        let canary = "CANARY7c1e"
        try await withServer(WireFixture.limits { $0.maximumMessageBytes = 4096 }) { fixture in
            let peer = try await fixture.connect()
            var buffer = ByteBuffer()
            try buffer.writeRequest(streamID: 1, service: canary, method: canary, payload: Array(canary.utf8))
            try buffer.writeRequest(
                streamID: 3, service: TestService.name, method: "Echo", payload: [], timeoutNano: -1,
                metadata: [("x-request-id", canary)])
            buffer.writeBytes(RawPeer.frame(5, 1, [0x0b] + Array(canary.utf8)))
            buffer.writeBytes(RawPeer.frame(7, 1, Array(repeating: Array(canary.utf8), count: 1000).flatMap(\.self)))
            buffer.writeBytes(RawPeer.frame(8, 1, Array(canary.utf8)))
            buffer.writeBytes(RawPeer.frame(9, 1, flags: 1, Array(canary.utf8)))
            try await peer.send(buffer)
            try await eventually { peer.current.frames.count == 6 }
            try await peer.send(Array(canary.utf8))
            try await peer.waitUntilClosed()
            for frame in peer.current.frames {
                let text = String(decoding: frame.body.readableBytesView, as: UTF8.self)
                #expect(!text.contains(canary))
                #expect(frame.body.readableBytes < 400)
            }
            #expect(fixture.log.lines.count == 1)
            #expect(!fixture.log.lines.joined().contains(canary))
        }
    }
}
