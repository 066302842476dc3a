import Logging
import MFADelivery
import MFADomain
import MFATesting
import Testing

struct OutboxWorkerTests {
    private let outbox = MemoryOutbox()

    private func options(_ change: (inout OutboxWorkerOptions) -> Void = { _ in }) -> OutboxWorkerOptions {
        var options = OutboxWorkerOptions(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }) { .system }
        // Long, so that nothing below comes from looking again.
        options.pollInterval = .seconds(3600)
        options.stopGrace = .milliseconds(20)
        change(&options)
        return options
    }

    /// Runs a worker while the body runs, and then stops it.
    private func withWorker(
        _ channels: [MessageChannel: any Channel], _ options: OutboxWorkerOptions? = nil,
        body: (OutboxWorker) async throws -> Void
    ) async throws {
        let options = options ?? self.options()
        let worker = OutboxWorker(source: outbox, channels: channels, options: options)
        let running = Task { await worker.run() }
        do {
            try await body(worker)
        } catch {
            running.cancel()
            throw error
        }
        running.cancel()
        await running.value
    }

    private func settledCount() async -> Int { await outbox.settled.count }

    @Test("What waits at the start is sent, each message once and with its report")
    func drains() async throws {
        let envelopes = (0..<500).map { _ in Envelope.sample() }
        await outbox.add(envelopes)
        let channel = FakeChannel()
        try await withWorker([.sms: channel]) { _ in
            try await eventually { await settledCount() == 500 }
        }
        #expect(channel.sent == 500)
        let settled = await outbox.settled
        #expect(Set(settled.map(\.message.id)) == Set(envelopes.map(\.message.id)))
        #expect(settled.allSatisfy { $0.report.outcome == .accepted })
    }

    @Test("A wake sends a new message at once, however long the poll interval")
    func wake() async throws {
        try await withWorker([.sms: FakeChannel()]) { worker in
            try await eventually { await outbox.looks == 1 }
            await outbox.add([.sample()])
            worker.wake()
            try await eventually { await settledCount() == 1 }
        }
    }

    @Test("Without a wake an idle channel looks again after the poll interval")
    func poll() async throws {
        try await withWorker([.sms: FakeChannel()], options { $0.pollInterval = .milliseconds(5) }) { _ in
            try await eventually { await outbox.looks > 2 }
            await outbox.add([.sample()])
            try await eventually { await settledCount() == 1 }
        }
    }

    @Test("A channel holds no more messages than it may have in flight, and leases only what there is room for")
    func bounded() async throws {
        await outbox.add((0..<100).map { _ in .sample() })
        let channel = FakeChannel(holding: true)
        try await withWorker([.sms: channel], options { $0.maximumInFlight = 8 }) { worker in
            try await eventually { channel.inFlight == 8 }
            for _ in 0..<10 { worker.wake() }
            channel.letGo()
            try await eventually { await settledCount() == 100 }
        }
        #expect(channel.largestInFlight == 8)
        #expect(await outbox.largestHeld[.sms] == 8)
        #expect(await outbox.limits.isSubset(of: Set(1...8)))
    }

    @Test("A channel whose provider hangs delays no other")
    func independent() async throws {
        await outbox.add(
            (0..<100).map { _ in .sample(.sms) } + (0..<100).map { _ in .sample(.email, to: "a@example.com") })
        let hanging = FakeChannel(holding: true)
        try await withWorker([.sms: hanging, .email: FakeChannel()]) { _ in
            try await eventually { await settledCount() == 100 }
            #expect(await outbox.settled.allSatisfy { $0.message.channel == .email })
            #expect(hanging.inFlight == 64)
            hanging.letGo()
            try await eventually { await settledCount() == 200 }
        }
    }

    @Test("A message past its expiry is not sent", arguments: [(0, 0), (-1, 1)])
    func expiry(_ lateBy: Int64, _ sent: Int) async throws {
        let clock = TestClock()
        await outbox.add([.sample(createdAt: clock.now, lifeSeconds: 300)])
        clock.advance(seconds: 300 + lateBy)
        let channel = FakeChannel()
        try await withWorker([.sms: channel], options { $0.now = { clock.now } }) { _ in
            try await eventually { await settledCount() == 1 }
        }
        #expect(channel.sent == sent)
        if sent == 0 {
            #expect(
                await outbox.settled.first?.report == SendReport(outcome: .failed, provider: "", reason: "EXPIRED"))
        }
    }

    @Test("A stopping worker lets what is in flight end, and takes nothing more")
    func graceful() async throws {
        await outbox.add((0..<10).map { _ in .sample() })
        let channel = FakeChannel(holding: true)
        try await withWorker(
            [.sms: channel],
            options {
                $0.maximumInFlight = 4
                $0.stopGrace = .seconds(60)
            }
        ) { _ in
            try await eventually { channel.inFlight == 4 }
            Task {
                try await Task.sleep(for: .milliseconds(50))
                channel.letGo()
            }
        }
        #expect(channel.sent == 4)
        #expect(await outbox.settled.count == 4)
    }

    @Test("What is still in flight after the grace is cancelled, and that is recorded")
    func cut() async throws {
        await outbox.add((0..<10).map { _ in .sample() })
        let channel = FakeChannel(holding: true)
        try await withWorker([.sms: channel], options { $0.maximumInFlight = 4 }) { _ in
            try await eventually { channel.inFlight == 4 }
        }
        #expect(channel.sent == 0)
        #expect(await outbox.settled.map(\.report.outcome) == Array(repeating: .unknown, count: 4))
    }

    @Test("A report that cannot be recorded at first is tried again, so that the message is not sent twice")
    func settleFails() async throws {
        await outbox.failSettling(2)
        await outbox.add([.sample()])
        let channel = FakeChannel()
        try await withWorker([.sms: channel]) { _ in
            try await eventually { await settledCount() == 1 }
        }
        #expect(channel.sent == 1)
    }

    @Test("What is logged of a message that fails holds neither code, recipient, token nor a provider's words")
    func logs() async throws {
        let log = MemoryLog()
        let provider = try await FakeProvider.start { request, _ in .answer(500, [:], "words \(request.uri)") }
        var settings = SMSProviderSettings(
            name: "fake", url: "http://127.0.0.1:\(provider.port)/{to}/{text}/{receipt_url}",
            http: ProviderHTTPSettings(allowedHosts: ["127.0.0.1"]))
        settings.receiptURL = "https://mfa.example.com/receipts/"
        let channel = try HTTPMessageProvider(settings, templates: MessageTemplates())
        let envelope = Envelope.sample(content: .code("918273"))
        await outbox.add([envelope])
        try await withWorker([.sms: channel], options { $0.logger = Logger(label: "test") { _ in log } }) { _ in
            try await eventually { await settledCount() == 1 }
        }
        #expect(provider.requests.first?.uri.contains("918273") == true)
        #expect(log.text.contains("HTTP_500"))
        #expect(log.text.contains(envelope.message.id.text))
        for secret in ["918273", "41791234567", envelope.receiptToken, "words"] {
            #expect(!log.text.contains(secret))
        }
        await channel.close()
        await provider.stop()
    }

    @Test("An outbox that cannot be read is read again")
    func leaseFails() async throws {
        await outbox.failLeasing(3)
        await outbox.add([.sample()])
        try await withWorker([.sms: FakeChannel()], options { $0.pollInterval = .milliseconds(5) }) { _ in
            try await eventually { await settledCount() == 1 }
        }
    }
}
