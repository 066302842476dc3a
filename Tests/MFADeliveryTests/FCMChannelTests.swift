import Foundation
import MFADelivery
import MFADomain
import MFATesting
import Testing

struct FCMChannelTests {
    private static let accepted = FakeProvider.Act.answer(
        200, [:], #"{"name": "projects/demo-project/messages/0:17%31"}"#)

    private func push(to token: String = "device-token", appName: String = "Example") -> Envelope {
        .sample(.push, to: token, content: .pushChallenge, appName: appName, lifeSeconds: 120)
    }

    /// Sends one push to a Google that answers so, and stops both.
    private func report(
        _ envelope: Envelope? = nil, _ act: FakeProvider.Act, timeoutSeconds: Int = 60
    ) async throws -> (SendReport, FakeGoogle) {
        let google = try await FakeGoogle.start { _ in act }
        var settings = google.settings
        settings.http.connectTimeoutSeconds = timeoutSeconds / 2
        settings.http.timeoutSeconds = timeoutSeconds
        let channel = try FCMChannel(settings)
        let report = await channel.send(envelope ?? push())
        await channel.close()
        await google.provider.stop()
        return (report, google)
    }

    private static func error(_ status: String, _ code: String) -> String {
        """
        {"error": {"code": 404, "message": "words", "status": "\(status)", "details": [
          {"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": []},
          {"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": "\(code)"}]}}
        """
    }

    @Test("A push is one signed exchange and one message of exactly the agreed fields, all of them strings")
    func message() async throws {
        let envelope = push(appName: "Ex\"ample")
        let (report, google) = try await report(envelope, Self.accepted)
        #expect(report == SendReport(outcome: .accepted, provider: "fcm", providerMessageID: "0:17%31"))

        let exchange = try #require(google.exchanges.first)
        #expect(google.exchanges.count == 1)
        #expect(exchange.method == "POST")
        #expect(exchange.headers["content-type"] == "application/x-www-form-urlencoded")
        #expect(exchange.form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer")
        let assertion = try await google.verified(try #require(exchange.form["assertion"]))
        #expect(assertion.iss.value == "sender@demo-project.iam.example")
        #expect(assertion.scope == "https://www.googleapis.com/auth/firebase.messaging")
        #expect(assertion.aud.value == ["https://localhost:\(google.provider.port)/token"])
        #expect(assertion.exp.value.timeIntervalSince(assertion.iat.value) == 3600)

        let send = try #require(google.sends.first)
        #expect(google.sends.count == 1)
        #expect(send.method == "POST")
        #expect(send.uri == "/v1/projects/demo-project/messages:send")
        #expect(send.headers["authorization"] == "Bearer token-1")
        #expect(send.headers["content-type"] == "application/json")
        let body = try #require(try JSONSerialization.jsonObject(with: Data(send.body.utf8)) as? NSDictionary)
        let android = try #require((body["message"] as? NSDictionary)?["android"] as? [String: String])
        #expect((60...120).contains(Int(android["ttl"]?.dropLast() ?? "") ?? 0))
        #expect(
            body
                == [
                    "message": [
                        "token": "device-token",
                        "android": ["priority": "HIGH", "ttl": android["ttl"] ?? ""],
                        "data": [
                            "type": "MFA_CHALLENGE", "challenge": envelope.message.challengeID?.text ?? "",
                            "appName": "Ex\"ample", "timestamp": "\(envelope.message.createdAt.milliseconds)",
                        ],
                    ]
                ] as NSDictionary)
    }

    @Test(
        "Each answer has its outcome",
        arguments: [
            (404, error("NOT_FOUND", "UNREGISTERED"), SendReport.Outcome.recipientGone, "UNREGISTERED"),
            (404, error("NOT_FOUND", "OTHER"), .refused, "HTTP_404"), (404, "<html>", .refused, "HTTP_404"),
            (400, error("INVALID_ARGUMENT", "INVALID_ARGUMENT"), .refused, "HTTP_400"),
            (400, error("INVALID_ARGUMENT", "UNREGISTERED"), .refused, "HTTP_400"),
            (403, error("PERMISSION_DENIED", "SENDER_ID_MISMATCH"), .refused, "HTTP_403"),
            (429, error("RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED"), .failed, "HTTP_429"),
            (500, error("INTERNAL", "INTERNAL"), .failed, "HTTP_500"), (503, "", .failed, "HTTP_503"),
            (302, "", .failed, "HTTP_302"),
        ])
    func answers(_ status: Int, _ body: String, _ outcome: SendReport.Outcome, _ reason: String) async throws {
        let (report, _) = try await report(nil, .answer(status, ["Location": "/elsewhere", "Retry-After": "30"], body))
        #expect(
            report
                == SendReport(
                    outcome: outcome, provider: "fcm",
                    retryAfterMilliseconds: [429, 503].contains(status) ? 30_000 : nil, reason: reason))
    }

    @Test(
        "A push that Google read and did not answer may have been sent",
        arguments: [(FakeProvider.Act.hang, "TIMEOUT"), (.drop, "CONNECTION")])
    func unanswered(_ act: FakeProvider.Act, _ reason: String) async throws {
        let (report, _) = try await report(nil, act, timeoutSeconds: 5)
        #expect(report == SendReport(outcome: .unknown, provider: "fcm", reason: reason))
    }

    @Test("A device without a token, and what is no push, cost no request")
    func noToken() async throws {
        for (envelope, reason) in [
            (push(to: ""), "NO_TOKEN"), (push(to: String(repeating: "a", count: 5000)), "BAD_TOKEN"),
            (Envelope.sample(.push), "NOT_A_PUSH"),
            (Envelope.sample(.push, content: .pushChallenge, challenge: false), "NOT_A_PUSH"),
        ] {
            let (report, google) = try await report(envelope, Self.accepted)
            #expect(report == SendReport(outcome: .refused, provider: "fcm", reason: reason))
            #expect(google.provider.requests.isEmpty)
        }
    }

    @Test("A hundred messages at once make one exchange")
    func oneExchange() async throws {
        let google = try await FakeGoogle.start { _ in Self.accepted }
        let channel = try FCMChannel(google.settings)
        await withDiscardingTaskGroup { group in
            for _ in 0..<100 {
                group.addTask {
                    #expect(await channel.send(.sample(.push, to: "t", content: .pushChallenge)).outcome == .accepted)
                }
            }
        }
        #expect(google.exchanges.count == 1)
        #expect(google.sends.count == 100)
        await channel.close()
        await google.provider.stop()
    }

    @Test("A token is exchanged anew shortly before it expires")
    func expiry() async throws {
        let clock = TestClock(seconds: Timestamp.system.seconds)
        let google = try await FakeGoogle.start { _ in Self.accepted }
        let channel = try FCMChannel(google.settings) { clock.now }
        _ = await channel.send(push())
        clock.advance(seconds: 3599 - 121)
        _ = await channel.send(push())
        #expect(google.exchanges.count == 1)
        clock.advance(seconds: 1)
        _ = await channel.send(push())
        #expect(google.exchanges.count == 2)
        #expect(google.sends.last?.headers["authorization"] == "Bearer token-2")
        await channel.close()
        await google.provider.stop()
    }

    @Test("A token that is refused is exchanged anew once, and not for ever")
    func refusedToken() async throws {
        let google = try await FakeGoogle.start { request in
            request.headers["authorization"] == "Bearer token-1" ? .answer(401) : Self.accepted
        }
        let channel = try FCMChannel(google.settings)
        #expect(await channel.send(push()).outcome == .accepted)
        #expect(google.exchanges.count == 2)
        await channel.close()
        await google.provider.stop()

        let (report, strict) = try await report(nil, .answer(401))
        #expect(report == SendReport(outcome: .failed, provider: "fcm", reason: "HTTP_401"))
        #expect(strict.exchanges.count == 2)
        #expect(strict.sends.count == 2)
    }

    @Test(
        "Without a token nothing is sent, and the message may be tried again",
        arguments: [
            (FakeProvider.Act.answer(400, [:], #"{"error": "invalid_grant"}"#), "OAUTH_HTTP_400"),
            (.answer(200, [:], "{}"), "OAUTH_ANSWER"),
            (.answer(200, [:], "{\"access_token\": \"a\\r\\nX: y\", \"expires_in\": 3599}"), "OAUTH_ANSWER"),
            (.answer(503, ["Retry-After": "9"]), "OAUTH_HTTP_503"), (.hang, "OAUTH_TIMEOUT"),
            (.drop, "OAUTH_CONNECTION"),
        ])
    func noGrant(_ act: FakeProvider.Act, _ reason: String) async throws {
        let google = try await FakeGoogle.start(exchange: { _ in act }, send: { _ in Self.accepted })
        var settings = google.settings
        settings.http.connectTimeoutSeconds = 4
        settings.http.timeoutSeconds = 5
        let channel = try FCMChannel(settings)
        let report = await channel.send(push())
        #expect(report.outcome == .failed)
        #expect(report.reason == reason)
        #expect(report.retryAfterMilliseconds == (reason == "OAUTH_HTTP_503" ? 9000 : nil))
        #expect(google.sends.isEmpty)
        await channel.close()
        await google.provider.stop()
    }

    @Test(
        "A life time of a token that makes no sense neither traps nor is believed",
        arguments: ["0", "-1", "9223372036854775807"])
    func life(_ seconds: String) async throws {
        let google = try await FakeGoogle.start(
            exchange: { .answer(200, [:], "{\"access_token\": \"t\($0)\", \"expires_in\": \(seconds)}") },
            send: { _ in Self.accepted })
        let channel = try FCMChannel(google.settings)
        #expect(await channel.send(push()).outcome == .accepted)
        await channel.close()
        await google.provider.stop()
    }

    @Test("A service account that is not one is refused by its file's name")
    func account() async throws {
        let google = try await FakeGoogle.start { _ in Self.accepted }
        await google.provider.stop()
        let path = google.folder.file("account.json")
        let good = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: path))) as? [String: String])
        let wrong: [(String, String?)] = [
            ("private_key", "nonsense"), ("private_key", nil), ("project_id", "../x"), ("client_email", ""),
            ("token_uri", "https://elsewhere.example/token"), ("token_uri", "http://169.254.169.254/token"),
        ]
        for (field, value) in wrong {
            var account = good
            account[field] = value
            try JSONEncoder().encode(account).write(to: URL(filePath: path))
            let error = #expect(throws: DeliverySettingsError.self) { try FCMChannel(google.settings) }
            #expect(error?.key.hasPrefix(path.prefix(80)) == true)
            #expect(error?.description.contains("nonsense") == false)
        }
        try JSONEncoder().encode(good).write(to: URL(filePath: path))
        chmod(path, 0o640)
        #expect(throws: DeliverySettingsError.self) { try FCMChannel(google.settings) }
    }
}
