/// Several providers of one channel, in order of preference.
public struct FailoverChannel: Channel {
    private let channels: [any Channel]

    public init(_ channels: [any Channel]) {
        self.channels = channels
    }

    /// Tries the next provider only when one certainly did not send. After an unknown outcome a second message might
    /// be a second copy, and a refusal is about the message.
    public func send(_ envelope: Envelope) async -> SendReport {
        var reports: [SendReport] = []
        for channel in channels {
            let report = await channel.send(envelope)
            reports.append(report)
            if report.outcome != .failed || Task.isCancelled { break }
        }
        guard var last = reports.popLast() else {
            return SendReport(outcome: .failed, provider: "", reason: "NO_PROVIDER")
        }
        last.earlier = reports
        return last
    }

    public func close() async {
        for channel in channels { await channel.close() }
    }
}
