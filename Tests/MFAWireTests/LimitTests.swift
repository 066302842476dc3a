import Foundation
import MFAMethods
import MFAWire
import NIOCore
import TTRPC
import Testing

@Suite("Limits, timeouts and pressure", .serialized)
struct LimitTests {
    @Test(
        "A frame that was begun and does not get on is closed in time, wherever it stopped",
        arguments: [
            [0x00], [0x00, 0x00, 0x00, 0x09, 0, 0, 0, 1, 1], RawPeer.frame(1, 1, [1, 2, 3], length: 4),
            RawPeer.frame(1, 1, length: 200_000), RawPeer.frame(1, 1, length: 0xff_ffff),
        ])
    func frameTimeout(bytes: [UInt8]) async throws {
        try await withServer(WireFixture.limits { $0.frameTimeout = .milliseconds(100) }) { fixture in
            let bystander = try await fixture.connect()
            #expect(try await bystander.isServed(1))
            let peer = try await fixture.connect()
            try await peer.send(bytes)
            try await peer.waitUntilClosed()
            #expect(try await bystander.isServed(3))
            #expect(fixture.log.lines.count { $0.contains("frame_timeout") } == 1)
        }
    }

    @Test("The time of a frame runs from its first byte: a drip does not extend it")
    func dripTimeout() async throws {
        try await withServer(WireFixture.limits { $0.frameTimeout = .milliseconds(200) }) { fixture in
            let peer = try await fixture.connect()
            let bytes = RawPeer.frame(1, 1, Array(repeating: 0, count: 100_000))
            let began = ContinuousClock.now
            var index = 0
            while !peer.current.isClosed, began.duration(to: .now) < .seconds(10) {
                try? await peer.send([bytes[index]])
                index += 1
                try await Task.sleep(for: .milliseconds(5))
            }
            #expect(peer.current.isClosed)
            #expect(began.duration(to: .now) >= .milliseconds(200))
        }
    }

    @Test("Complete frames do not use up the time of the next")
    func frameTimeoutRestarts() async throws {
        try await withServer(WireFixture.limits { $0.frameTimeout = .seconds(1) }) { fixture in
            let peer = try await fixture.connect()
            let request = Array(try RawPeer.request(1, "Echo", [1]).readableBytesView)
            // Each write ends in the middle of a frame, for longer than the timeout in all.
            try await peer.send(Array(request.dropLast()))
            for count in 1...12 {
                try await Task.sleep(for: .milliseconds(100))
                try await peer.send([request[request.count - 1]] + request.dropLast())
                try await eventually { peer.current.frames.count == count }
            }
            #expect(!peer.current.isClosed)
        }
    }

    @Test("A connection that says nothing is closed when its handshake time is over")
    func handshakeTimeout() async throws {
        try await withServer(WireFixture.limits { $0.handshakeTimeout = .milliseconds(500) }) { fixture in
            let talker = try await fixture.connect()
            #expect(try await talker.isServed(1))
            let peer = try await fixture.connect()
            try await peer.waitUntilClosed()
            #expect(try await talker.isServed(3))
            #expect(fixture.log.lines.count { $0.contains("handshake_timeout") } == 1)
        }
    }

    @Test("An idle connection is closed in time, but not one with a call in flight")
    func idleTimeout() async throws {
        try await withServer(WireFixture.limits { $0.idleTimeout = .milliseconds(500) }) { fixture in
            let busy = try await fixture.connect()
            try await busy.call(1, "Wait", [1])
            let idle = try await fixture.connect()
            #expect(try await idle.isServed())
            try await idle.waitUntilClosed()
            #expect(!busy.current.isClosed)
            fixture.service.open()
            #expect(try await busy.response(1) == .message([1]))
            try await busy.waitUntilClosed()
            #expect(fixture.log.lines.isEmpty)
        }
    }

    @Test("Connections over the cap are closed at once, and the server is back to normal when some go")
    func connectionCap() async throws {
        let limits = WireFixture.limits {
            $0.maximumConnections = 20
            $0.maximumConnectionsPerCaller = 100
        }
        try await withServer(limits) { fixture in
            var peers: [RawPeer] = []
            for _ in 0..<20 {
                let peer = try await fixture.connect()
                #expect(try await peer.isServed(1))
                peers.append(peer)
            }
            for _ in 0..<40 { try await fixture.connect().waitUntilClosed() }
            #expect(fixture.server.connectionCount == 20)
            #expect(fixture.log.lines.count <= 20)
            for peer in peers { #expect(try await peer.isServed(3)) }
            await peers.removeLast().close()
            try await eventually { fixture.server.connectionCount == 19 }
            let next = try await fixture.connect()
            #expect(try await next.isServed())
            for peer in peers + [next] { await peer.close() }
            try await eventually { fixture.server.connectionCount == 0 }
        }
    }

    @Test("Strangers can take the handshakes there are, not the connections of those who are known")
    func handshakeCap() async throws {
        try await withServer(WireFixture.limits { $0.maximumHandshakes = 5 }) { fixture in
            let known = try await fixture.connect()
            #expect(try await known.isServed(1))
            var strangers: [RawPeer] = []
            for _ in 0..<5 { strangers.append(try await fixture.connect()) }
            try await eventually { fixture.server.connectionCount == 6 }
            try await fixture.connect().waitUntilClosed()
            #expect(try await known.isServed(3))
            await strangers.removeLast().close()
            try await eventually { fixture.server.connectionCount == 5 }
            let next = try await fixture.connect()
            #expect(try await next.isServed())
        }
    }

    @Test("A caller has its share of connections, and gets it back")
    func callerCap() async throws {
        try await withServer(WireFixture.limits { $0.maximumConnectionsPerCaller = 3 }) { fixture in
            var peers: [RawPeer] = []
            for _ in 0..<3 {
                let peer = try await fixture.connect()
                #expect(try await peer.isServed(1))
                peers.append(peer)
            }
            let surplus = try await fixture.connect()
            try await surplus.call(1, "Echo")
            try await surplus.waitUntilClosed()
            #expect(surplus.current.frames.isEmpty)
            await peers.removeLast().close()
            try await eventually { fixture.server.connectionCount == 2 }
            let next = try await fixture.connect()
            #expect(try await next.isServed())
        }
    }

    @Test("Calls over the connection's cap are refused with 8 and not begun")
    func callsPerConnection() async throws {
        try await withServer(WireFixture.limits { $0.maximumCallsInFlightPerConnection = 4 }) { fixture in
            let peer = try await fixture.connect()
            for streamID: UInt32 in [1, 3, 5, 7] { try await peer.call(streamID, "Wait") }
            try await peer.call(9, "Wait")
            #expect(try await peer.refusal(9) == Refusal(8, "CONNECTION_BUSY"))
            #expect(fixture.service.entered == 4)
            let other = try await fixture.connect()
            #expect(try await other.isServed())
            fixture.service.open()
            #expect(try await peer.response(7) == .message([]))
            #expect(try await peer.isServed())
        }
    }

    @Test("Overload is refused with 8 at once, with a time to try again, and ends with its cause")
    func serverCap() async throws {
        try await withServer(WireFixture.limits { $0.maximumCallsInFlight = 10 }) { fixture in
            let peers = [try await fixture.connect(), try await fixture.connect()]
            for streamID: UInt32 in stride(from: 1, to: 20, by: 2) {
                try await peers[0].call(streamID, "Wait")
            }
            try await eventually { fixture.service.entered == 10 }
            for peer in peers {
                for streamID: UInt32 in stride(from: 101, to: 301, by: 2) {
                    try await peer.call(streamID, "Wait")
                    #expect(try await peer.refusal(streamID) == Refusal(8, "SERVER_BUSY"))
                }
            }
            guard case .status(let status) = try await peers[1].response(101) else { return }
            #expect(status.details.contains { $0.typeURL.hasSuffix("google.rpc.RetryInfo") })
            #expect(fixture.service.entered == 10)
            #expect(fixture.server.callsInFlight == 10)
            fixture.service.open()
            try await eventually { fixture.server.callsInFlight == 0 }
            for peer in peers { #expect(try await peer.isServed()) }
        }
    }

    @Test("A call whose deadline passed counts until its handler is done")
    func overdueCallsCount() async throws {
        try await withServer(WireFixture.limits { $0.maximumCallsInFlightPerConnection = 1 }) { fixture in
            let peer = try await fixture.connect()
            try await peer.call(1, "Wait", timeoutNano: 1_000_000)
            #expect(try await peer.refusal(1) == Refusal(4, "DEADLINE_EXCEEDED"))
            try await peer.call(3, "Echo")
            #expect(try await peer.refusal(3) == Refusal(8, "CONNECTION_BUSY"))
            fixture.service.open()
            try await eventually { fixture.server.callsInFlight == 0 }
            #expect(try await peer.isServed())
        }
    }

    @Test("Calls of a peer that does not read are held back; all are answered once it reads")
    func backpressure() async throws {
        let limits = WireFixture.limits { $0.maximumOutboundBacklogBytes = 256 * 1024 }
        try await withServer(limits) { fixture in
            let bystander = try await fixture.connect()
            let peer = try await fixture.connect(autoRead: false)
            let count = 500
            var requests = ByteBuffer()
            for index in 0..<count {
                requests.writeImmutableBuffer(try RawPeer.request(UInt32(index * 2 + 1), "Large", [3, 0, 0]))
            }
            try await peer.send(requests)
            // Socket buffers take some megabytes; 500 answers are 98.
            try await eventually { fixture.service.entered > 0 }
            var before = -1
            while before != fixture.service.entered {
                before = fixture.service.entered
                #expect(try await bystander.isServed())
                try await Task.sleep(for: .milliseconds(50))
            }
            #expect(fixture.service.entered < count / 2)
            try await peer.channel.setOption(.autoRead, value: true).get()
            try await eventually { peer.current.frames.count == count }
            #expect(fixture.service.entered == count)
            #expect(try await peer.isServed())
        }
    }

    @Test("A peer that does not read for too long is closed")
    func stallTimeout() async throws {
        let limits = WireFixture.limits {
            $0.maximumOutboundBacklogBytes = 64 * 1024
            $0.stallTimeout = .milliseconds(100)
        }
        try await withServer(limits) { fixture in
            let peer = try await fixture.connect(autoRead: false)
            var requests = ByteBuffer()
            for index in 0..<500 {
                requests.writeImmutableBuffer(try RawPeer.request(UInt32(index * 2 + 1), "Large", [3, 0, 0]))
            }
            try await peer.send(requests)
            try await eventually { fixture.log.lines.contains { $0.contains("stall_timeout") } }
            try await eventually { fixture.server.connectionCount == 0 }
            #expect(fixture.log.lines.count == 1)
        }
    }

    @Test("Announced lengths cost no memory: a thousand headers of four megabytes each")
    func announcedLengths() async throws {
        let limits = WireFixture.limits { $0.maximumMessageBytes = ProtocolLimit.maximumBodyBytes }
        try await withServer(limits) { fixture in
            let bystander = try await fixture.connect()
            #expect(try await bystander.isServed(1))
            let before = try residentBytes()
            var peers: [RawPeer] = []
            for index in 0..<400 {
                let peer = try await fixture.connect()
                let length: UInt32 = index % 2 == 0 ? 4_194_304 : 4_194_305
                try await peer.send(RawPeer.frame(1, 1, [0x1a], length: length))
                peers.append(peer)
            }
            #expect(try await bystander.isServed(3))
            #expect(fixture.server.connectionCount == 401)
            // Both ends of each connection are in this process, and other tests run beside this one.
            #expect(try residentBytes() - before < 100 * 1024 * 1024)
            for peer in peers { await peer.close() }
        }
    }

    @Test("Slow senders by the hundred do not touch the calls of others")
    func slowSenders() async throws {
        try await withServer(WireFixture.limits { $0.frameTimeout = .milliseconds(300) }) { fixture in
            let good = try await fixture.connect()
            #expect(try await good.isServed(1))
            var slow: [RawPeer] = []
            for _ in 0..<300 {
                let peer = try await fixture.connect()
                try await peer.send([0, 0, 1])
                slow.append(peer)
            }
            for index in 0..<50 { #expect(try await good.isServed(UInt32(index * 2 + 3))) }
            for peer in slow { try await peer.waitUntilClosed() }
            try await eventually { fixture.server.connectionCount == 1 }
            #expect(try await good.isServed(201))
            // No more than ten lines a second, whatever happens.
            #expect(fixture.log.lines.count <= 60)
        }
    }

    @Test("Draining answers what is in flight, begins nothing, and closes")
    func drain() async throws {
        try await withServer { fixture in
            let busy = try await fixture.connect()
            try await busy.call(1, "Wait", [1])
            try await eventually { fixture.service.entered == 1 }
            let idle = try await fixture.connect()
            #expect(try await idle.isServed())
            let silent = try await fixture.connect()
            let drained = Task { await fixture.server.shutdown(grace: .seconds(30)) }
            try await idle.waitUntilClosed()
            try await silent.waitUntilClosed()
            await #expect(throws: (any Error).self) { try await fixture.connect() }
            try await busy.call(3, "Wait")
            #expect(try await busy.refusal(3) == Refusal(14, "SHUTTING_DOWN"))
            #expect(fixture.service.entered == 1)
            fixture.service.open()
            #expect(try await busy.response(1) == .message([1]))
            try await busy.waitUntilClosed()
            await drained.value
            #expect(fixture.server.connectionCount == 0)
        }
    }

    @Test("A drained connection says its end, takes what is still on its way, and closes soon")
    func drainLingers() async throws {
        try await withServer { fixture in
            let peer = try await fixture.connect(closesWithServer: false)
            #expect(try await peer.isServed())
            let drained = Task { await fixture.server.shutdown(grace: .seconds(30)) }
            try await eventually { peer.current.isInputClosed }
            // A reset would end it here.
            for streamID: UInt32 in [101, 103] { try await peer.call(streamID, "Echo") }
            #expect(!peer.current.isClosed)
            await drained.value
            #expect(fixture.server.connectionCount == 0)
        }
    }

    @Test("Draining ends when its grace does")
    func drainGrace() async throws {
        try await withServer { fixture in
            let busy = try await fixture.connect()
            try await busy.call(1, "Wait", [1])
            try await eventually { fixture.service.entered == 1 }
            await fixture.server.shutdown(grace: .milliseconds(50))
            try await busy.waitUntilClosed()
            #expect(busy.current.frames.isEmpty)
        }
    }

    @Test("An address that is taken is named in the error")
    func addressTaken() async throws {
        try await withServer { fixture in
            let port = try #require(fixture.server.localAddress.port)
            let error = await #expect(throws: WireError.self) {
                try await WireServer.start(
                    configuration: WireConfiguration(
                        host: "127.0.0.1", port: port, security: .plaintext(caller: WireFixture.caller)),
                    table: fixture.service.makeTable(), callers: CallerDirectory([:]), logger: fixture.log.logger,
                    group: .singletonMultiThreadedEventLoopGroup)
            }
            #expect(error?.description.contains("127.0.0.1:\(port)") == true)
        }
    }

    private func residentBytes() throws -> Int {
        let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
        return try #require(Int(fields[1])) * 4096
    }
}
