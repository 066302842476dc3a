import Foundation
import MFADelivery
import MFADomain
import MFATesting
import Testing

struct SMTPChannelTests {
    private func envelope(
        to recipient: String = "ada@example.org", content: OutboxMessage.Content = .code("123456"),
        locale: String = "", appName: String = "Example"
    ) -> Envelope {
        .sample(.email, to: recipient, content: content, locale: locale, appName: appName)
    }

    private func report(
        _ server: SMTPTestServer, _ envelope: Envelope, _ change: (inout SMTPSettings) -> Void = { _ in }
    ) async throws -> SendReport {
        var settings = server.settings
        change(&settings)
        let channel = try SMTPChannel(settings, templates: MessageTemplates())
        let report = await channel.send(envelope)
        await channel.close()
        return report
    }

    /// What Python's parser makes of an e-mail: headers and the parts' texts, decoded.
    private func parsed(_ data: String) throws -> [String: String] {
        let script = """
            import email, email.policy, json, sys
            m = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
            r = {k.lower(): str(v) for k, v in m.items()}
            r["defects"] = str([d for p in m.walk() for d in p.defects] + [d for v in m.values() for d in v.defects])
            for p in m.walk():
                if not p.is_multipart(): r[p.get_content_type()] = p.get_content().replace(chr(13), "")
            json.dump(r, sys.stdout)
            """
        let output = try Tool.run(["/usr/bin/python3", "-c", script], input: Data(data.utf8))
        return try JSONDecoder().decode([String: String].self, from: Data(output.utf8))
    }

    @Test(
        "Mail goes over TLS after a login, with STARTTLS or from the first byte",
        arguments: [SMTPTestServer.Mode.starttls, .tls])
    func secure(_ mode: SMTPTestServer.Mode) async throws {
        let server = try await SMTPTestServer(mode)
        let envelope = envelope()
        let report = try await report(server, envelope)
        let id = "\(envelope.message.id.text)@example.com"
        #expect(report == SendReport(outcome: .accepted, provider: "smtp", providerMessageID: id))
        try await eventually { try server.mails().count == 1 }
        let mail = try #require(try server.mails().first)
        #expect(mail.tls && mail.login)
        #expect(mail.from == "mfa@example.com")
        #expect(mail.to == ["ada@example.org"])
        try await server.stop()
    }

    @Test("An e-mail parses without a defect, and has what it needs in text and HTML")
    func mime() async throws {
        let server = try await SMTPTestServer(.plain)
        let envelope = envelope(locale: "de-CH", appName: "Zürich <& Söhne>")
        #expect(try await report(server, envelope).outcome == .accepted)
        try await eventually { try server.mails().count == 1 }
        let data = try #require(try server.mails().first).data
        try await server.stop()
        #expect(data.utf8.allSatisfy { $0 < 0x80 })
        #expect(data.split(separator: "\r\n", omittingEmptySubsequences: false).allSatisfy { $0.utf8.count <= 78 })
        #expect(!data.replacing("\r\n", with: "").contains { $0 == "\r" || $0 == "\n" })
        let mail = try parsed(data)
        #expect(mail["defects"] == "[]")
        #expect(mail["from"] == "Example <mfa@example.com>")
        #expect(mail["to"] == "ada@example.org" || mail["to"] == "<ada@example.org>")
        #expect(mail["subject"] == "Ihr Code für Zürich <& Söhne>")
        #expect(mail["message-id"] == "<\(envelope.message.id.text)@example.com>")
        #expect(mail["auto-submitted"] == "auto-generated")
        #expect(mail["date"]?.hasSuffix(" +0000") == true)
        #expect(
            mail["text/plain"]
                == "Ihr Code lautet: 123456\n\nEr gilt 5 Minuten. Niemand von Zürich <& Söhne> wird Sie je danach fragen.\n"
        )
        #expect(mail["text/html"]?.contains("<strong>123456</strong>") == true)
        #expect(mail["text/html"]?.contains("Zürich &lt;&amp; Söhne&gt;") == true)
    }

    @Test("No name of an application adds a header or ends the mail")
    func injection() async throws {
        let server = try await SMTPTestServer(.plain)
        let name = "A\r\nBcc: eve@example.org\r\n\r\n.\r\nMAIL FROM:<x@y>\r\n" + String(repeating: "ö", count: 200)
        #expect(try await report(server, envelope(appName: name)).outcome == .accepted)
        try await eventually { try server.mails().count == 1 }
        let mail = try #require(try server.mails().first)
        try await server.stop()
        let fields = try parsed(mail.data)
        #expect(mail.to == ["ada@example.org"])
        #expect(fields["bcc"] == nil)
        #expect(fields["defects"] == "[]")
        #expect(
            fields["subject"] == "Your code for A  Bcc: eve@example.org    .  MAIL FROM:<x@y>  "
                + String(repeating: "ö", count: 200))
        // The dot on a line of its own came through as text.
        #expect(fields["text/plain"]?.contains("\n.\n") == true)
    }

    @Test(
        "An address that cannot stand in an envelope costs no connection",
        arguments: [
            "", "ada", "ada@", "@example.org", "a@b@c", "ada@example.org\r\nRCPT TO:<eve@example.org>",
            "ada@example.org>", "<ada@example.org", "a b@example.org", "ädä@example.org", "ada@exämple.org",
            "ada@example.org,eve@example.org", String(repeating: "a", count: 250) + "@b.c",
        ])
    func addresses(_ address: String) async throws {
        let settings = SMTPSettings(host: "127.0.0.1", port: 9, from: "mfa@example.com")
        let channel = try SMTPChannel(settings, templates: MessageTemplates())
        #expect(
            await channel.send(envelope(to: address))
                == SendReport(outcome: .refused, provider: "smtp", reason: "ADDRESS"))
        await channel.close()
    }

    @Test("Each reply and each loss has its outcome")
    func outcomes() async throws {
        let server = try await SMTPTestServer(.plain)
        let expected: [(String, SendReport.Outcome, String)] = [
            ("rcpt451", .failed, "SMTP_451"), ("rcpt550", .refused, "SMTP_550"), ("data451", .failed, "SMTP_451"),
            ("data554", .refused, "SMTP_554"), ("hangrcpt", .failed, "TIMEOUT"), ("hang", .unknown, "TIMEOUT"),
            ("drop", .unknown, "CONNECTION"),
        ]
        for (name, outcome, reason) in expected {
            let report = try await report(server, envelope(to: "\(name)@example.org")) {
                $0.connectTimeoutSeconds = 4
                $0.timeoutSeconds = 5
            }
            #expect(report == SendReport(outcome: outcome, provider: "smtp", reason: reason), "\(name)")
        }
        #expect(try server.mails().isEmpty)
        try await server.stop()
        let gone = try await report(server, envelope())
        #expect(gone == SendReport(outcome: .failed, provider: "smtp", reason: "CONNECT"))
    }

    @Test("Without STARTTLS, or with a wrong certificate, no mail and no password is sent")
    func noTLS() async throws {
        let failure = SendReport(outcome: .failed, provider: "smtp", reason: "TLS")
        let stripped = try await SMTPTestServer(.nostarttls)
        #expect(try await report(stripped, envelope()) == failure)
        #expect(try stripped.mails().isEmpty)
        try await stripped.stop()

        var elsewhere = TestAuthority.Request.server(dnsName: "other.example")
        elsewhere.alternativeNames = [.dnsName("other.example")]
        for mode in [SMTPTestServer.Mode.starttls, .tls] {
            let misnamed = try await SMTPTestServer(mode, elsewhere)
            #expect(try await report(misnamed, envelope()) == failure)
            try await misnamed.stop()
            let unknown = try await SMTPTestServer(mode, trusting: TestAuthority())
            #expect(try await report(unknown, envelope()) == failure)
            try await unknown.stop()
        }
    }

    @Test("A wrong password is about us, not about the message: another try may have the right one")
    func login() async throws {
        let server = try await SMTPTestServer(.starttls)
        let report = try await report(server, envelope()) { $0.password = .value("wrong") }
        #expect(report == SendReport(outcome: .failed, provider: "smtp", reason: "SMTP_535"))
        try await server.stop()
    }

    @Test("Many messages share few connections, and every one arrives")
    func connections() async throws {
        let server = try await SMTPTestServer(.starttls)
        var settings = server.settings
        settings.maximumConnections = 2
        let channel = try SMTPChannel(settings, templates: MessageTemplates())
        await withDiscardingTaskGroup { group in
            for number in 0..<40 {
                group.addTask {
                    #expect(await channel.send(.sample(.email, to: "user\(number)@example.org")).outcome == .accepted)
                }
            }
        }
        try await eventually { try server.mails().count == 40 }
        let mails = try server.mails()
        #expect(Set(mails.flatMap(\.to)).count == 40)
        #expect(Set(mails.map(\.peer)).count <= 2)
        await channel.close()
        #expect(await channel.send(envelope()) == SendReport(outcome: .failed, provider: "smtp", reason: "CLOSED"))
        try await server.stop()
    }

    @Test("Cancelling ends a message that hangs")
    func cancelled() async throws {
        let server = try await SMTPTestServer(.plain)
        let channel = try SMTPChannel(server.settings, templates: MessageTemplates())
        let sending = Task { await channel.send(.sample(.email, to: "hangrcpt@example.org")) }
        // Wherever it is by now, it is not sent.
        try await Task.sleep(for: .milliseconds(300))
        sending.cancel()
        #expect(await sending.value == SendReport(outcome: .failed, provider: "smtp", reason: "CANCELLED"))
        await channel.close()
        try await server.stop()
    }

    struct Wrong: Sendable {
        let key: String
        let change: @Sendable (inout SMTPSettings) -> Void

        init(_ key: String, _ change: @escaping @Sendable (inout SMTPSettings) -> Void) {
            self.key = key
            self.change = change
        }
    }

    private static let wrong: [Wrong] = [
        Wrong("host") { $0.host = "a b" },
        Wrong("host") { $0.host = "mail.example.com/x" },
        Wrong("port") { $0.port = 0 },
        Wrong("security") { $0.security = .none },
        Wrong("password") { $0.username = "user" },
        Wrong("from") { $0.from = "nobody" },
        Wrong("from_name") { $0.fromName = "a\r\nb" },
        Wrong("helo_name") { $0.heloName = "a b" },
        Wrong("/nowhere/ca.pem") { $0.caFile = "/nowhere/ca.pem" },
        Wrong("timeout_seconds") { $0.timeoutSeconds = 5 },
        Wrong("connect_timeout_seconds") { $0.connectTimeoutSeconds = 0 },
        Wrong("maximum_connections") { $0.maximumConnections = 0 },
    ]

    @Test("Settings that cannot be right are refused by the name of their key", arguments: wrong)
    func settings(_ wrong: Wrong) throws {
        var settings = SMTPSettings(host: "mail.example.com", port: 587, from: "mfa@example.com")
        wrong.change(&settings)
        let error = #expect(throws: DeliverySettingsError.self) {
            try SMTPChannel(settings, templates: MessageTemplates())
        }
        #expect(error?.key == wrong.key)
    }
}
