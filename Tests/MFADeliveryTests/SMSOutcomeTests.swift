import MFADelivery
import MFADomain
import MFATesting
import Testing

struct SMSOutcomeTests {
    /// A provider that takes 201 with an id in JSON.
    private func channel(
        port: Int, scheme: String = "http", host: String = "127.0.0.1",
        _ change: (inout SMSProviderSettings) -> Void = { _ in }
    ) throws -> HTTPMessageProvider {
        var settings = SMSProviderSettings(
            name: "fake", url: "\(scheme)://\(host):\(port)/send", http: ProviderHTTPSettings(allowedHosts: [host]))
        settings.body = .form([.init("to", "{to}"), .init("text", "{text}")])
        settings.successStatuses = 201...201
        settings.messageIDPattern = #""id"\s*:\s*"([^"]+)""#
        settings.refusalPattern = "blocked number"
        settings.cost.defaultMicros = 50_000
        settings.cost.microsByPrefix = ["41": 70_000, "4179": 80_000]
        // Long, since the machine may be busy; tests of time-outs set their own.
        settings.http.connectTimeoutSeconds = 30
        settings.http.timeoutSeconds = 60
        change(&settings)
        return try HTTPMessageProvider(settings, templates: MessageTemplates())
    }

    private func report(
        _ act: FakeProvider.Act, to number: String = "+41791234567",
        _ change: @escaping (inout SMSProviderSettings) -> Void = { _ in }
    ) async throws -> (SendReport, requests: Int) {
        let provider = try await FakeProvider.start { _, _ in act }
        let channel = try channel(port: provider.port, change)
        let report = await channel.send(.sample(to: number))
        await channel.close()
        await provider.stop()
        return (report, provider.requests.count)
    }

    @Test("An accepted message has its id, its price and no reason")
    func accepted() async throws {
        let (report, _) = try await report(.answer(201, [:], #"{"id": "abc-1"}"#))
        #expect(
            report
                == SendReport(outcome: .accepted, provider: "fake", providerMessageID: "abc-1", costMicros: 80_000))
    }

    @Test(
        "Each status has its outcome",
        arguments: [
            (200, SendReport.Outcome.failed), (202, .failed), (301, .failed), (302, .failed), (307, .failed),
            (400, .refused), (401, .failed), (403, .failed), (404, .refused), (429, .failed), (500, .failed),
            (502, .failed), (503, .failed),
        ])
    func statuses(_ status: Int, _ outcome: SendReport.Outcome) async throws {
        let (report, requests) = try await report(.answer(status, ["Location": "http://169.254.169.254/"]))
        #expect(report == SendReport(outcome: outcome, provider: "fake", reason: "HTTP_\(status)"))
        #expect(requests == 1)
    }

    @Test(
        "Retry-After is honoured for 429 and 503, in seconds or as a date, and no longer than a day",
        arguments: [
            (429, "7", 7000 as Int64?), (503, "120", 120_000), (429, "999999999", 86_400_000), (429, "soon", nil),
            (500, "7", nil), (429, "Sun, 06 Nov 1994 08:49:37 GMT", 0),
        ])
    func retryAfter(_ status: Int, _ value: String, _ milliseconds: Int64?) async throws {
        let (report, _) = try await report(.answer(status, ["Retry-After": value]))
        #expect(report.retryAfterMilliseconds == milliseconds)
    }

    @Test(
        "A message that a provider read and did not answer may have been sent",
        arguments: [FakeProvider.Act.hang, .drip])
    func hang(_ act: FakeProvider.Act) async throws {
        let (report, requests) = try await report(act) {
            $0.successStatuses = 200...299
            $0.http.connectTimeoutSeconds = 4
            $0.http.timeoutSeconds = 5
        }
        #expect(report == SendReport(outcome: .unknown, provider: "fake", costMicros: 80_000, reason: "TIMEOUT"))
        #expect(requests == 1)
    }

    @Test("A connection that is lost after the request leaves the message's fate unknown")
    func drop() async throws {
        let (report, requests) = try await report(.drop)
        #expect(report == SendReport(outcome: .unknown, provider: "fake", costMicros: 80_000, reason: "CONNECTION"))
        #expect(requests == 1)
    }

    @Test("Of a body larger than 64 KiB no word is taken")
    func hugeBody() async throws {
        let huge = String(repeating: "x", count: 70_000) + #"{"id": "abc-1"}"#
        let (accepted, _) = try await report(.answer(201, [:], huge))
        #expect(accepted == SendReport(outcome: .unknown, provider: "fake", costMicros: 80_000, reason: "BODY"))
        let (refused, _) = try await report(.answer(500, [:], huge))
        #expect(refused.outcome == .failed)
    }

    @Test("A provider that is not there has sent nothing")
    func refusedConnection() async throws {
        let provider = try await FakeProvider.start { _, _ in .hang }
        let port = provider.port
        await provider.stop()
        let channel = try channel(port: port)
        #expect(await channel.send(.sample()) == SendReport(outcome: .failed, provider: "fake", reason: "CONNECT"))
        await channel.close()
    }

    @Test("A host without an address has sent nothing")
    func noSuchHost() async throws {
        let channel = try channel(port: 1, scheme: "https", host: "no-such-host.invalid")
        #expect(await channel.send(.sample()) == SendReport(outcome: .failed, provider: "fake", reason: "CONNECT"))
        await channel.close()
    }

    @Test("The body tells a refusal from a failure, and what success is")
    func patterns() async throws {
        let (refused, _) = try await report(.answer(500, [:], "blocked number"))
        #expect(refused == SendReport(outcome: .refused, provider: "fake", reason: "REFUSED"))
        let (failed, _) = try await report(.answer(201, [:], "ERROR 7")) { $0.successPattern = "^OK" }
        #expect(failed == SendReport(outcome: .failed, provider: "fake", reason: "NOT_ACCEPTED"))
    }

    @Test("A provider's id is taken only as 128 bytes of visible ASCII")
    func messageID() async throws {
        for id in [String(repeating: "a", count: 129), "a b", "ä", "a\u{7}b"] {
            let (report, _) = try await report(.answer(201, [:], "{\"id\": \"\(id)\"}"))
            #expect(report.outcome == .accepted)
            #expect(report.providerMessageID == "")
        }
    }

    @Test(
        "The price goes by the longest prefix",
        arguments: [("+41791111111", 80_000), ("+41781111111", 70_000), ("+14155550100", 50_000)])
    func cost(_ number: String, _ micros: Int64) async throws {
        let (report, _) = try await report(.answer(201), to: number)
        #expect(report.costMicros == micros)
    }

    @Test(
        "What is no E.164 number costs no request",
        arguments: [
            "", "+", "41791234567", "+0041791234567", "+4179123456789012", "+41 79", "+٤١٧٩١٢٣٤٥٦٧",
            "+41791234567;ext=1", "+1\r\nX: y",
        ])
    func numbers(_ number: String) async throws {
        let (report, requests) = try await report(.answer(201), to: number)
        #expect(report == SendReport(outcome: .refused, provider: "fake", reason: "NUMBER"))
        #expect(requests == 0)
    }

    @Test("Cancelling a message that is on its way leaves its fate unknown")
    func cancelled() async throws {
        let provider = try await FakeProvider.start { _, _ in .hang }
        let channel = try channel(port: provider.port) { $0.http.timeoutSeconds = 60 }
        let sending = Task { await channel.send(.sample()) }
        try await eventually { provider.requests.count == 1 }
        sending.cancel()
        #expect(await sending.value.outcome == .unknown)
        await channel.close()
        await provider.stop()
    }

    // MARK: TLS

    @Test("A provider that does not speak TLS gets nothing to read")
    func noTLS() async throws {
        let provider = try await FakeProvider.start { _, _ in .answer(201) }
        let channel = try channel(port: provider.port, scheme: "https", host: "localhost")
        #expect(await channel.send(.sample()) == SendReport(outcome: .failed, provider: "fake", reason: "TLS"))
        #expect(provider.requests.isEmpty)
        await channel.close()
        await provider.stop()
    }

    private func tlsReport(_ server: TestAuthority.Request, by issuer: TestAuthority, trusting trusted: TestAuthority)
        async throws -> (SendReport, Int)
    {
        let folder = try TemporaryDirectory()
        try trusted.rootPEM.write(toFile: folder.file("ca.pem"), atomically: true, encoding: .utf8)
        let provider = try await FakeProvider.start(issuer.issue(server)) { _, _ in .answer(201) }
        let channel = try channel(port: provider.port, scheme: "https", host: "localhost") {
            $0.http.caFile = folder.file("ca.pem")
        }
        let report = await channel.send(.sample())
        await channel.close()
        await provider.stop()
        return (report, provider.requests.count)
    }

    @Test("A certificate of the configured authority for the provider's name is good")
    func goodCertificate() async throws {
        let authority = try TestAuthority()
        let (report, requests) = try await tlsReport(.server(), by: authority, trusting: authority)
        #expect(report.outcome == .accepted)
        #expect(requests == 1)
    }

    @Test("Nothing is sent to a provider whose certificate is another's, another authority's or out of date")
    func badCertificates() async throws {
        let authority = try TestAuthority()
        let failure = SendReport(outcome: .failed, provider: "fake", reason: "TLS")
        var elsewhere = TestAuthority.Request.server(dnsName: "other.example")
        elsewhere.alternativeNames = [.dnsName("other.example")]
        var expired = TestAuthority.Request.server()
        expired.notValidAfter = .init(timeIntervalSinceNow: -60)
        for (request, issuer) in [(.server(), try TestAuthority()), (elsewhere, authority), (expired, authority)] {
            let (report, requests) = try await tlsReport(request, by: issuer, trusting: authority)
            #expect(report == failure)
            #expect(requests == 0)
        }
    }
}
