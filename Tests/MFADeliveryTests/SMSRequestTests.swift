import Foundation
import MFADelivery
import MFADomain
import MFATesting
import Testing

struct SMSRequestTests {
    private func request(
        of settings: (Int) -> SMSProviderSettings, _ envelope: Envelope = .sample(),
        answer: FakeProvider.Act = .answer(200), templates: TemplateSettings = TemplateSettings()
    ) async throws -> (FakeProvider.Request, SendReport) {
        let provider = try await FakeProvider.start { _, _ in answer }
        let channel = try HTTPMessageProvider(settings(provider.port), templates: MessageTemplates(templates))
        let report = await channel.send(envelope)
        await channel.close()
        await provider.stop()
        return (try #require(provider.requests.first), report)
    }

    private func generic(_ port: Int, _ change: (inout SMSProviderSettings) -> Void) -> SMSProviderSettings {
        var settings = SMSProviderSettings(
            name: "fake", url: "http://127.0.0.1:\(port)/send",
            http: ProviderHTTPSettings(allowedHosts: ["127.0.0.1"]))
        change(&settings)
        return settings
    }

    @Test("Kannel is asked as its manual says, and its answers are understood")
    func kannel() async throws {
        let envelope = Envelope.sample()
        let (request, report) = try await request(
            of: {
                .kannel(
                    url: "http://127.0.0.1:\($0)/cgi-bin/sendsms", username: "user", password: .value("p&ss w=rd"),
                    from: "Example", receiptURL: "http://127.0.0.1:9477/receipts/")
            }, envelope, answer: .answer(202, [:], "0: Accepted for delivery"))
        #expect(report.outcome == .accepted)
        #expect(request.method == "GET")
        #expect(request.uri.hasPrefix("/cgi-bin/sendsms?"))
        #expect(
            request.query == [
                "username": "user", "password": "p&ss w=rd", "from": "Example", "to": "+41791234567",
                "text": "Your code is: 123456", "charset": "UTF-8", "coding": "0",
                "validity": request.query["validity"],
                "dlr-mask": "27",
                "dlr-url": "http://127.0.0.1:9477/receipts/\(envelope.receiptToken)?status=%d",
            ])
        #expect(["4", "5"].contains(request.query["validity"]))
        let (_, refused) = try await self.request(
            of: {
                .kannel(
                    url: "http://127.0.0.1:\($0)/cgi-bin/sendsms", username: "user", password: .value("x"),
                    from: "", receiptURL: nil)
            }, answer: .answer(202, [:], "4: something new"))
        #expect(refused.outcome == .failed)
    }

    @Test("A text outside the GSM alphabet asks Kannel for two bytes a character")
    func coding() async throws {
        let (request, _) = try await request(
            of: {
                .kannel(
                    url: "http://127.0.0.1:\($0)/sendsms", username: "u", password: .value("p"), from: "",
                    receiptURL: nil)
            }, .sample(content: .notice(.init(.factorAdded)), appName: "Банк"))
        #expect(request.query["coding"] == "2")
        #expect(request.query["text"]?.hasPrefix("Банк: ") == true)
        #expect(request.query["dlr-url"] == nil)
    }

    /// Of operation CreateMessage in Twilio's published OpenAPI description (twilio-oai, twilio_api_v2010).
    private static let twilioFields: Set<String> = [
        "To", "StatusCallback", "ApplicationSid", "MaxPrice", "ProvideFeedback", "Attempt", "ValidityPeriod",
        "ForceDelivery", "ContentRetention", "AddressRetention", "SmartEncoded", "PersistentAction", "TrafficType",
        "ShortenUrls", "ScheduleType", "SendAt", "SendAsMms", "ContentVariables", "RiskCheck", "From",
        "FallbackFrom", "MessagingServiceSid", "Body", "MediaUrl", "ContentSid",
    ]

    @Test(
        "Twilio is asked as its OpenAPI description says: path, form, basic authentication, known fields",
        arguments: [("+15005550006", "From"), ("MG00112233445566778899aabbccddeeff", "MessagingServiceSid")])
    func twilio(_ from: String, _ field: String) async throws {
        let envelope = Envelope.sample()
        let sid = "SM00112233445566778899aabbccddeeff"
        let (request, report) = try await request(
            of: {
                .twilio(
                    accountSID: "AC123", authToken: .value("t0ken"), from: from,
                    receiptURL: "https://mfa.example.com/receipts/", url: "http://127.0.0.1:\($0)")
            }, envelope, answer: .answer(201, [:], "{\"body\": \"x\", \"sid\": \"\(sid)\", \"status\": \"queued\"}"))
        #expect(report.outcome == .accepted)
        #expect(report.providerMessageID == sid)
        #expect(request.method == "POST")
        #expect(request.uri == "/2010-04-01/Accounts/AC123/Messages.json")
        #expect(request.headers["content-type"] == "application/x-www-form-urlencoded")
        #expect(request.headers["authorization"] == "Basic " + Data("AC123:t0ken".utf8).base64EncodedString())
        #expect(Set(request.form.keys).isSubset(of: Self.twilioFields))
        #expect(
            request.form == [
                "To": "+41791234567", field: from, "Body": "Your code is: 123456",
                "ValidityPeriod": request.form["ValidityPeriod"],
                "StatusCallback": "https://mfa.example.com/receipts/\(envelope.receiptToken)",
            ])
        #expect((240...300).contains(Int(request.form["ValidityPeriod"] ?? "") ?? 0))
    }

    @Test("Twilio's own address is the only one its preset asks for")
    func twilioHost() {
        let settings = SMSProviderSettings.twilio(
            accountSID: "AC1", authToken: .value("x"), from: "+1", receiptURL: nil)
        #expect(settings.http.allowedHosts == ["api.twilio.com"])
        #expect(settings.url == "https://api.twilio.com/2010-04-01/Accounts/{account_sid}/Messages.json")
    }

    @Test("JSON values are escaped where they stand")
    func json() async throws {
        let name = "A\"\\\n\u{1}\u{2028}é}{"
        let (request, _) = try await request(
            of: { port in
                generic(port) {
                    $0.body = .json(
                        #"{"messages": [{"to": "{to_digits}", "body": "<{text}>"}], "n": {}, "key": "{api_key}"}"#)
                    $0.values = ["api_key": .value("k\"1")]
                }
            }, .sample(content: .notice(.init(.factorAdded)), appName: name))
        let object = try #require(try JSONSerialization.jsonObject(with: Data(request.body.utf8)) as? [String: Any])
        let message = try #require((object["messages"] as? [[String: String]])?.first)
        #expect(message["to"] == "41791234567")
        #expect(message["body"]?.hasPrefix("<\(name): A new way") == true)
        #expect(object["key"] as? String == "k\"1")
        #expect(request.headers["content-type"] == "application/json")
    }

    @Test("A value that would break a header stops the message, not the server")
    func headerInjection() async throws {
        let provider = try await FakeProvider.start { _, _ in .answer(200) }
        let channel = try HTTPMessageProvider(
            generic(provider.port) { $0.headers = [.init("X-Text", "{text}")] }, templates: MessageTemplates())
        for name in ["Evil\r\nX-Admin: 1", "Evil\nX: 1", "Évil"] {
            let report = await channel.send(.sample(content: .notice(.init(.factorAdded)), appName: name))
            #expect(report == SendReport(outcome: .refused, provider: "fake", reason: "HEADER"))
        }
        #expect(await channel.send(.sample()).outcome == .accepted)
        #expect(provider.requests.count == 1)
        #expect(provider.requests.first?.headers["x-text"] == "Your code is: 123456")
        await channel.close()
        await provider.stop()
    }

    @Test("A secret may stand in a file that only its owner may touch")
    func secretFile() async throws {
        let folder = try TemporaryDirectory()
        try Data("s3cret\n".utf8).write(to: URL(filePath: folder.file("key")))
        chmod(folder.file("key"), 0o600)
        let (request, _) = try await request(of: { port in
            generic(port) {
                $0.headers = [.init("X-Key", "{key}")]
                $0.values = ["key": .file(folder.file("key"))]
            }
        })
        #expect(request.headers["x-key"] == "s3cret")
        chmod(folder.file("key"), 0o644)
        #expect(
            throws: DeliverySettingsError(
                key: String(folder.file("key").prefix(80)), problem: "expected mode 600 (nobody but its owner)")
        ) {
            try HTTPMessageProvider(
                generic(1) { $0.values = ["key": .file(folder.file("key"))] }, templates: MessageTemplates())
        }
    }

    struct Wrong: Sendable {
        let key: String
        let change: @Sendable (inout SMSProviderSettings) -> Void

        init(_ key: String, _ change: @escaping @Sendable (inout SMSProviderSettings) -> Void) {
            self.key = key
            self.change = change
        }
    }

    private static let wrong: [Wrong] = [
        Wrong("url") { $0.url = "https://elsewhere.example/send" },
        Wrong("url") { $0.url = "http://{text}/send" },
        Wrong("url") { $0.url = "http://127.0.0.1{text}/send" },
        Wrong("url") { $0.url = "https://user:pass@127.0.0.1/send" },
        Wrong("url") { $0.url = "https://127.0.0.1@elsewhere.example/send" },
        Wrong("url") { $0.url = "ftp://127.0.0.1/send" },
        Wrong("url") { $0.url = "/send" },
        Wrong("url") { $0.url = "https://127.0.0.1/{nothing}" },
        Wrong("url") {
            $0.http.allowedHosts = ["gateway.example"]
            $0.url = "http://gateway.example/"
        },
        Wrong("http.allowed_hosts") { $0.http.allowedHosts = ["169.254.169.254"] },
        Wrong("http.allowed_hosts") { $0.http.allowedHosts = [] },
        Wrong("http.timeout_seconds") { $0.http.timeoutSeconds = $0.http.connectTimeoutSeconds },
        Wrong("http.ca_file") { $0.http.caFile = "/nowhere/ca.pem" },
        Wrong("name") { $0.name = "A\nB" },
        Wrong("headers.X-A") { $0.headers = [.init("X-A", "a\r\nb: c")] },
        Wrong("headers.X A") { $0.headers = [.init("X A", "a")] },
        Wrong("form.a") { $0.body = .form([.init("a", "{nothing}")]) },
        Wrong("json") { $0.body = .json(#"{"a": {text}}"#) },
        Wrong("json") { $0.body = .json(#"{"a": "\{text}"}"#) },
        Wrong("json") { $0.body = .json(#"{"a": "{text}""#) },
        Wrong("method") {
            $0.method = .get
            $0.body = .json("{}")
        },
        Wrong("values.to") { $0.values = ["to": .value("x")] },
        Wrong("values.Bad-Name") { $0.values = ["Bad-Name": .value("x")] },
        Wrong("values.key") { $0.values = ["key": .value("a\nb")] },
        Wrong("success.statuses") { $0.successStatuses = 200...404 },
        Wrong("success.pattern") { $0.successPattern = "(" },
        Wrong("message_id_pattern") { $0.messageIDPattern = "id" },
        Wrong("receipt_url") { $0.receiptURL = "https://mfa.example.com/receipts" },
        Wrong("url") { $0.url = "http://127.0.0.1/?u={receipt_url}" },
        Wrong("cost.micros_by_prefix") { $0.cost.microsByPrefix = ["+41": 1] },
        Wrong("cost.default_micros") { $0.cost.defaultMicros = -1 },
        Wrong("basic_auth.username") { $0.basicAuthentication = .init(username: "a:b", password: .value("x")) },
    ]

    @Test("Settings that cannot be right are refused by the name of their key", arguments: wrong)
    func refusals(_ wrong: Wrong) throws {
        let error = #expect(throws: DeliverySettingsError.self) {
            try HTTPMessageProvider(generic(9, wrong.change), templates: MessageTemplates())
        }
        #expect(error?.key == wrong.key)
    }
}
