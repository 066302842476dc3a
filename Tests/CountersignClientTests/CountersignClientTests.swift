import NIOCore
import Synchronization
import TTRPC
import Testing

@testable import CountersignClient

@Suite(.timeLimit(.minutes(2))) struct CountersignClientTests {
    static func client(
        _ server: FakeServer, host: String = "127.0.0.1", timeout: Duration = .seconds(10),
        lastStreamID: UInt32 = StreamIDs.lastByDefault
    ) async throws -> CountersignClient {
        var configuration = CountersignClient.Configuration.plaintext(host: host, port: server.port)
        configuration.timeout = timeout
        return try await CountersignClient(configuration, lastStreamID: lastStreamID)
    }

    /// A request whose echo is a valid answer: both have text in field 1 to 3 only.
    static func echo(_ client: CountersignClient, _ text: String) async throws -> String {
        String(
            decoding: try await client.call(service: "test.Echo", method: "Echo", payload: Array(text.utf8)),
            as: UTF8.self)
    }

    static func failure(_ body: () async throws -> Void) async throws -> CountersignError {
        let error = await #expect(throws: CountersignError.self) { try await body() }
        return try #require(error)
    }

    // MARK: Calls

    @Test("A call carries its names, its deadline and its request id, and returns the typed answer")
    func typedCall() async throws {
        let server = try await FakeServer.start { request in
            let answer = VerifyResponse.with {
                $0.verdict = .replayed
                $0.attemptsLeft = 9
                $0.retryAfterMs = 1500
            }
            return [.message((try? answer.serializedBytes()) ?? [], streamID: request.streamID)]
        }
        let client = try await Self.client(server)
        let answer = try await client.verification.verify(
            .with {
                $0.tenant = "default"
                $0.code = "123456"
            }, options: CallOptions(requestID: "r-1"))
        #expect(answer.verdict == .replayed)
        #expect(!answer.isAccepted)
        #expect(answer.retryAfter == .milliseconds(1500))

        let request = try #require(server.requests.first)
        #expect(request.service == "countersign.v1.VerificationService")
        #expect(request.method == "Verify")
        #expect(request.streamID == 1)
        #expect(request.requestID == "r-1")
        #expect((9_000_000_000...10_000_000_000).contains(request.timeoutNano))
        #expect(try VerifyRequest(serializedBytes: request.payload).code == "123456")
    }

    @Test("Many calls share one connection and each gets its own answer, whatever the order")
    func concurrentCalls() async throws {
        let held = Mutex<[FakeServer.Request]>([])
        let server = try await FakeServer.start { request in
            // Fifty calls are held back and answered last to first.
            held.withLock { held in
                held.append(request)
                guard held.count == 50 else { return [] }
                defer { held = [] }
                return held.reversed().map { .message($0.payload, streamID: $0.streamID) }
            }
        }
        let client = try await Self.client(server)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<2000 {
                let text = "call \(number)"
                group.addTask {
                    let answer = try await Self.echo(client, text)
                    #expect(answer == text)
                }
            }
            try await group.waitForAll()
        }
        #expect(server.connectionCount == 1)
        #expect(server.requests.map(\.streamID) == Array(stride(from: 1 as UInt32, to: 4000, by: 2)))
    }

    @Test("Every way of saying OK is OK", arguments: [[], [0x0A, 0x00], [0x12, 0x00], [0x0A, 0x00, 0x12, 0x00]])
    func okForms(body: [UInt8]) async throws {
        let server = try await FakeServer.start { [.bytes(.frame(streamID: $0.streamID, body))] }
        let client = try await Self.client(server)
        #expect(try await client.enrollment.listFactors(.init()).factors.isEmpty)
    }

    @Test("A status becomes an error with its reason, hint, fields and pause")
    func status() async throws {
        let server = try await FakeServer.start { request in
            let details: [any Message] = [
                Google_Rpc_ErrorInfo.with {
                    $0.reason = "INVALID_FIELD"
                    $0.metadata["hint"] = "Say who."
                },
                Google_Rpc_BadRequest.with {
                    $0.fieldViolations = [
                        .with {
                            $0.field = "subject"
                            $0.description_p = "is required"
                        }
                    ]
                },
                Google_Rpc_RetryInfo.with { $0.retryDelay = .init(seconds: 2, nanos: 500_000_000) },
            ]
            let status = Google_Rpc_Status(
                code: 3, message: "subject: is required",
                details: details.map {
                    ("type.googleapis.com/\(type(of: $0).protoMessageName)", (try? $0.serializedBytes()) ?? [])
                })
            return [.status(status, streamID: request.streamID)]
        }
        let client = try await Self.client(server)
        let error = try await Self.failure { _ = try await client.subjects.getSubject(.init()) }
        #expect(error.code == .invalidArgument)
        #expect(error.reason == "INVALID_FIELD")
        #expect(error.message == "subject: is required")
        #expect(error.hint == "Say who.")
        #expect(error.fieldViolations.map(\.field) == ["subject"])
        #expect(error.retryAfter == .milliseconds(2500))
        #expect(error.transportFailure == nil)
    }

    @Test("Codes of tomorrow, and details that are not what they say, still make an error", arguments: [-1, 17, 999])
    func unknownStatus(code: Int32) async throws {
        let server = try await FakeServer.start { request in
            let status = Google_Rpc_Status(
                code: code, message: "new", details: [("type.googleapis.com/google.rpc.ErrorInfo", [0xFF, 0xFF])])
            return [.status(status, streamID: request.streamID)]
        }
        let client = try await Self.client(server)
        let error = try await Self.failure { try await client.ping() }
        #expect(error.code == .unknown)
        #expect(error.message == "new")
    }

    @Test("A request over the protocol's limit is refused here, and the connection goes on")
    func requestTooLarge() async throws {
        let server = try await FakeServer.start()
        let client = try await Self.client(server)
        let error = try await Self.failure {
            _ = try await client.call(service: "s", method: "m", payload: [UInt8](repeating: 0, count: 4 << 20))
        }
        #expect(error.transportFailure == .requestTooLarge)
        #expect(try await Self.echo(client, "after") == "after")
        #expect(server.requests.count == 1)
    }

    // MARK: Time

    @Test("A call without an answer ends at its deadline; the late answer is skipped and the connection goes on")
    func deadline() async throws {
        let late = Mutex<UInt32?>(nil)
        let server = try await FakeServer.start { request in
            late.withLock { late in
                if request.method == "ListFactors" {
                    late = request.streamID
                    return []
                }
                return (late.map { [.message([1], streamID: $0)] } ?? []) + FakeServer.echo(request)
            }
        }
        let client = try await Self.client(server)
        let error = try await Self.failure {
            _ = try await client.enrollment.listFactors(.init(), options: CallOptions(timeout: .milliseconds(50)))
        }
        #expect(error.code == .deadlineExceeded)
        #expect(error.transportFailure == .deadlineExceeded)
        #expect(try await Self.echo(client, "next") == "next")
        #expect(server.connectionCount == 1)
    }

    @Test("A time that is already over is not sent", arguments: [Duration.zero, .seconds(-5)])
    func noTime(timeout: Duration) async throws {
        let server = try await FakeServer.start()
        let client = try await Self.client(server)
        #expect(try await Self.echo(client, "first") == "first")
        let error = try await Self.failure { try await client.ping(options: CallOptions(timeout: timeout)) }
        #expect(error.code == .deadlineExceeded)
        #expect(server.requests.count == 1)
    }

    @Test("A time without end is a time")
    func longTime() async throws {
        let server = try await FakeServer.start()
        let client = try await Self.client(server, timeout: .seconds(Int64.max))
        #expect(try await Self.echo(client, "a") == "a")
        #expect(try #require(server.requests.first).timeoutNano > 0)
    }

    @Test("A cancelled task gets its CancellationError at once, and the connection goes on")
    func cancellation() async throws {
        let server = try await FakeServer.start { $0.method == "Check" ? [] : FakeServer.echo($0) }
        let client = try await Self.client(server)
        let call = Task { try await client.ping() }
        try await Self.eventually { server.requests.count == 1 }
        call.cancel()
        await #expect(throws: CancellationError.self) { try await call.value }
        #expect(try await Self.echo(client, "next") == "next")
        #expect(server.connectionCount == 1)
    }

    @Test("A call of a task that is cancelled already is not sent")
    func cancelledBefore() async throws {
        let server = try await FakeServer.start()
        let client = try await Self.client(server)
        let call = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await Self.echo(client, "never")
        }
        await #expect(throws: CancellationError.self) { try await call.value }
        #expect(try await Self.echo(client, "next") == "next")
        #expect(server.requests.count == 1)
    }

    // MARK: Connections

    @Test("Stream ids are odd and rise; when they are used up a new connection takes over")
    func streamIDs() async throws {
        let server = try await FakeServer.start()
        let client = try await Self.client(server, lastStreamID: 5)
        for number in 0..<7 { #expect(try await Self.echo(client, "\(number)") == "\(number)") }
        #expect(server.requests.map(\.streamID) == [1, 3, 5, 1, 3, 5, 1])
        #expect(server.requests.map(\.connection) == [1, 1, 1, 2, 2, 2, 3])
    }

    @Test("Calls in flight on a used-up connection still get their answers")
    func retiredConnection() async throws {
        let server = try await FakeServer.start()
        let client = try await Self.client(server, lastStreamID: 3)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<100 {
                let text = "call \(number)"
                group.addTask {
                    let answer = try await Self.echo(client, text)
                    #expect(answer == text)
                }
            }
            try await group.waitForAll()
        }
        #expect(server.connectionCount >= 50)
    }

    // An address of their own each, so that no other test is given a port that was just let go.

    @Test("A call waits for a server that is not there yet")
    func waitsForServer() async throws {
        let first = try await FakeServer.start(host: "127.0.0.2")
        let client = try await Self.client(first, host: "127.0.0.2")
        _ = try await client.enrollment.listFactors(.init())
        try await first.stop()
        async let waiting = client.enrollment.listFactors(.init())
        // Long enough for a refused attempt or two.
        try await Task.sleep(for: .milliseconds(150))
        let second = try await FakeServer.start(host: "127.0.0.2", port: first.port)
        _ = try await waiting
        #expect(second.requests.count == 1)
    }

    @Test("A server that never comes is reported with the cause when the time is over")
    func neverThere() async throws {
        let server = try await FakeServer.start(host: "127.0.0.3")
        try await server.stop()
        let client = try await Self.client(server, host: "127.0.0.3", timeout: .seconds(1))
        let error = try await Self.failure { try await client.ping() }
        #expect(error.transportFailure == .cannotConnect)
        #expect(error.message == "No connection to 127.0.0.3:\(server.port): Connection refused")
    }

    @Test("A client that does not wait is told at the first failed attempt")
    func doesNotWait() async throws {
        let server = try await FakeServer.start(host: "127.0.0.4")
        try await server.stop()
        var configuration = CountersignClient.Configuration.plaintext(host: "127.0.0.4", port: server.port)
        configuration.timeout = .seconds(60)
        configuration.waitsForServer = false
        let client = try await CountersignClient(configuration)
        let start = ContinuousClock.now
        let error = try await Self.failure { try await client.ping() }
        #expect(error.transportFailure == .cannotConnect)
        #expect(.now - start < .seconds(30))
    }

    @Test("A keyed call whose connection broke before the answer is sent once more, with the same key")
    func retry() async throws {
        let server = try await FakeServer.start { request in
            request.connection == 1 ? [.close] : [.message([], streamID: request.streamID)]
        }
        let client = try await Self.client(server)
        _ = try await client.subjects.eraseSubject(.with { $0.subject = "alice" })
        let keys = try server.requests.map { try EraseSubjectRequest(serializedBytes: $0.payload).idempotencyKey }
        #expect(keys.count == 2)
        #expect(keys.first?.count == 32)
        #expect(Set(keys).count == 1)
    }

    @Test("A key that the caller chose is left alone")
    func ownKey() async throws {
        let server = try await FakeServer.start { [.message([], streamID: $0.streamID)] }
        let client = try await Self.client(server)
        _ = try await client.subjects.eraseSubject(.with { $0.idempotencyKey = "mine" })
        let request = try #require(server.requests.first)
        #expect(try EraseSubjectRequest(serializedBytes: request.payload).idempotencyKey == "mine")
    }

    @Test("A call without a key that may change something is never sent twice")
    func noRetry() async throws {
        let server = try await FakeServer.start { _ in [.close] }
        let client = try await Self.client(server)
        let error = try await Self.failure { _ = try await Self.echo(client, "once") }
        #expect(error.transportFailure == .connectionLost)
        #expect(server.requests.count == 1)
    }

    @Test("A connection that breaks twice ends the call")
    func retryOnce() async throws {
        let server = try await FakeServer.start { _ in [.close] }
        let client = try await Self.client(server)
        let error = try await Self.failure { try await client.ping() }
        #expect(error.transportFailure == .connectionLost)
        #expect(server.requests.count == 2)
    }

    @Test("A connection on which nothing comes any more is given up, and the next call gets another")
    func silentServer() async throws {
        let server = try await FakeServer.start { $0.connection == 1 ? [] : FakeServer.echo($0) }
        var configuration = CountersignClient.Configuration.plaintext(host: "127.0.0.1", port: server.port)
        configuration.connectTimeout = .seconds(1)
        configuration.timeout = .seconds(3)
        let client = try await CountersignClient(configuration)
        let error = try await Self.failure { try await client.ping() }
        #expect(error.transportFailure == .deadlineExceeded)
        #expect(try await Self.echo(client, "next") == "next")
        #expect(server.connectionCount == 2)
    }

    @Test("After shutdown, calls under way and calls to come throw")
    func shutdown() async throws {
        let server = try await FakeServer.start { _ in [] }
        let client = try await Self.client(server)
        let call = Task { try await client.ping() }
        try await Self.eventually { server.requests.count == 1 }
        await client.shutdown()
        for body in [{ _ = try await call.value }, { _ = try await client.ping() }] {
            let error = try await Self.failure(body)
            #expect(error.transportFailure == .shutDown)
        }
    }

    // MARK: Hostile servers

    static let strays: [ByteBuffer] = [
        .frame(streamID: 1, type: FrameType(rawValue: 7), [1, 2, 3]),
        .frame(streamID: 1, type: .data, flags: [.remoteClosed, .noData]),
        .frame(streamID: 1, type: .request, [1, 2, 3]),
        .frame(streamID: 0, [0x12, 0x00]),
        .frame(streamID: 2, [0x12, 0x00]),
        .frame(streamID: 99, [0xFF]),
        .frame(streamID: 0xFFFF_FFFF),
        .frame(streamID: 77, length: 4_194_305, [UInt8](repeating: 7, count: 4_194_305)),
    ]

    @Test("Frames that answer nothing are skipped", arguments: strays)
    func strayFrames(stray: ByteBuffer) async throws {
        let server = try await FakeServer.start {
            [.bytes(stray), .message($0.payload, streamID: $0.streamID), .bytes(stray)]
        }
        let client = try await Self.client(server)
        for text in ["one", "two"] { #expect(try await Self.echo(client, text) == text) }
        #expect(server.connectionCount == 1)
    }

    static let malformed: [@Sendable (UInt32) -> ByteBuffer] = [
        { .frame(streamID: $0, [0xFF, 0xFF, 0xFF]) },
        { .frame(streamID: $0, [0x12, 0x7F, 0x00]) },
        { .frame(streamID: $0, [0x0A, 0x02, 0x08]) },
        { .frame(streamID: $0, [0x12, 0x02, 0xFF, 0xFF]) },
        { .frame(streamID: $0, length: 4_194_305, [UInt8](repeating: 7, count: 4_194_305)) },
    ]

    @Test("An answer that cannot be read ends its call alone", arguments: 0..<malformed.count)
    func malformedAnswer(index: Int) async throws {
        let server = try await FakeServer.start { request in
            request.method == "Check"
                ? [.bytes(Self.malformed[index](request.streamID))] : FakeServer.echo(request)
        }
        let client = try await Self.client(server)
        let error = try await Self.failure { try await client.ping() }
        #expect(error.transportFailure == .malformedAnswer)
        #expect(try await Self.echo(client, "next") == "next")
        #expect(server.connectionCount == 1)
    }

    @Test("Bytes that are no frame end the connection, and the next call gets another")
    func notAFrame() async throws {
        let server = try await FakeServer.start { request in
            request.method == "Check"
                ? [.bytes(ByteBuffer(string: "HTTP/1.1 400 Bad Request\r\n\r\n"))] : FakeServer.echo(request)
        }
        let client = try await Self.client(server)
        let error = try await Self.failure { try await client.ping() }
        #expect(error.transportFailure == .malformedAnswer)
        #expect(try await Self.echo(client, "next") == "next")
        #expect(server.connectionCount == 2)
    }

    @Test("An answer that comes byte by byte is an answer")
    func drippedAnswer() async throws {
        let server = try await FakeServer.start { request in
            var whole = ByteBuffer()
            try? whole.writeResponse(streamID: request.streamID, payload: request.payload)
            return whole.readableBytesView.map { .bytes(ByteBuffer(bytes: [$0])) }
        }
        let client = try await Self.client(server)
        #expect(try await Self.echo(client, "drip") == "drip")
    }

    @Test("A frame cut off by the end of the connection is no answer")
    func truncatedAnswer() async throws {
        let server = try await FakeServer.start { [.bytes(.frame(streamID: $0.streamID, length: 100, [1])), .close] }
        let client = try await Self.client(server)
        let error = try await Self.failure { try await client.ping() }
        #expect(error.transportFailure == .connectionLost)
    }

    /// Waits for what another thread is about to do.
    static func eventually(_ condition: () -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(30)
        while !condition() {
            try #require(.now < end, "did not happen within 30 s")
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}
