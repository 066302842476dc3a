import MFADelivery
import Testing

private struct FixedChannel: Channel {
    let report: SendReport

    init(_ outcome: SendReport.Outcome, _ provider: String) {
        report = SendReport(outcome: outcome, provider: provider, reason: "R")
    }

    func send(_ envelope: Envelope) async -> SendReport { report }
    func close() async {}
}

struct FailoverTests {
    @Test("The next provider is tried only when one certainly did not send", arguments: SendReport.Outcome.allCases)
    func failover(_ outcome: SendReport.Outcome) async {
        let channel = FailoverChannel([FixedChannel(outcome, "a"), FixedChannel(.accepted, "b")])
        let report = await channel.send(.sample())
        #expect(report.provider == (outcome == .failed ? "b" : "a"))
    }

    @Test("When every provider failed, the last one's report stands and names those before it")
    func allFail() async {
        let channel = FailoverChannel(["a", "b", "c"].map { FixedChannel(.failed, $0) })
        let report = await channel.send(.sample())
        #expect(report.outcome == .failed && report.provider == "c")
        #expect(report.earlier == ["a", "b"].map { SendReport(outcome: .failed, provider: $0, reason: "R") })
    }
}
