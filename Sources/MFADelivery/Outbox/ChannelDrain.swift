internal import Logging
internal import MFADomain

/// Drains one channel's messages, so many at once.
actor ChannelDrain {
    private let name: MessageChannel
    private let channel: any Channel
    private let source: any OutboxSource
    private let options: OutboxWorkerOptions
    private let bell = Doorbell()
    private var sends: [MessageID: Task<Void, Never>] = [:]

    init(
        _ name: MessageChannel, over channel: any Channel, source: any OutboxSource, options: OutboxWorkerOptions
    ) {
        self.name = name
        self.channel = channel
        self.source = source
        self.options = options
    }

    nonisolated func wake() {
        bell.ring()
    }

    func run() async {
        while !Task.isCancelled {
            let room = options.maximumInFlight - sends.count
            guard room > 0 else {
                await bell.wait()
                continue
            }
            let messages: [LeasedMessage]
            do {
                messages = try await source.lease(name, limit: room)
            } catch {
                if Task.isCancelled { break }
                options.logger.warning("cannot read the outbox", metadata: ["channel": "\(name)"])
                try? await Task.sleep(for: options.pollInterval)
                continue
            }
            for message in messages.prefix(room) { start(message) }
            if messages.count < room {
                // Nothing more is due. A send that ends rings too, which costs a look and finds what came meanwhile.
                await bell.wait(atMost: options.pollInterval)
            }
        }
        await stop()
    }

    private func start(_ message: LeasedMessage) {
        let id = message.envelope.message.id
        // A source that leases a message twice gets it sent once.
        guard sends[id] == nil else { return }
        sends[id] = Task {
            await deliver(message)
            sends[id] = nil
            bell.ring()
        }
    }

    private nonisolated func deliver(_ leased: LeasedMessage) async {
        let message = leased.envelope.message
        let report: SendReport
        if message.expiresAt <= options.now() {
            report = SendReport(outcome: .failed, provider: "", reason: "EXPIRED")
        } else {
            report = await channel.send(leased.envelope)
        }
        if report.outcome != .accepted {
            options.logger.notice(
                "a message was not accepted",
                metadata: [
                    "channel": "\(name)", "message_id": "\(message.id.text)", "attempt": "\(leased.attempt)",
                    "provider": "\(report.provider)", "outcome": "\(report.outcome)", "reason": "\(report.reason)",
                ])
        }
        // In a task of its own: that sending was cancelled must still be recorded.
        await Task { await settle(leased, report) }.value
    }

    /// A report that is lost means that the message is sent again when its lease ends, so it is tried for a while.
    private nonisolated func settle(_ leased: LeasedMessage, _ report: SendReport) async {
        for pause in [100, 400, 1600, nil] as [Int?] {
            do {
                return try await source.settle(leased, report)
            } catch {
                guard let pause else { break }
                try? await Task.sleep(for: .milliseconds(pause))
            }
        }
        options.logger.error(
            "cannot record how a message went; it may be sent again",
            metadata: ["channel": "\(name)", "message_id": "\(leased.envelope.message.id.text)"])
    }

    private func stop() async {
        guard !sends.isEmpty else { return }
        let running = sends.values
        // Not a child of this task, which is cancelled already.
        let cut = Task.detached { [grace = options.stopGrace] in
            guard (try? await Task.sleep(for: grace)) != nil else { return }
            for send in running { send.cancel() }
        }
        for send in running { await send.value }
        cut.cancel()
    }
}
