import MFADelivery
import MFADomain
import MFATesting
import NIOPosix
import Testing

struct KannelTests {
    private actor Receipts {
        var taken: [DeliveryReceipt] = []
        func add(_ receipt: DeliveryReceipt) { taken.append(receipt) }
    }

    @Test("A code reaches a phone through Kannel, and Kannel's receipts reach us")
    func phone() async throws {
        let gateway = try await KannelGateway()
        let receipts = Receipts()
        let listener = try await ReceiptListener.start(
            ReceiptSettings(port: 0), group: MultiThreadedEventLoopGroup.singleton
        ) {
            await receipts.add($0)
            return true
        }
        let settings = SMSProviderSettings.kannel(
            url: "http://127.0.0.1:\(gateway.sendPort)/cgi-bin/sendsms", username: "user", password: .value("p&ss"),
            from: "Example", receiptURL: "http://127.0.0.1:\(listener.localAddress.port ?? 0)/receipts/")
        let channel = try HTTPMessageProvider(settings, templates: MessageTemplates())

        let code = Envelope.sample()
        #expect(await channel.send(code) == SendReport(outcome: .accepted, provider: "kannel"))
        try await eventually { try gateway.messages().count == 1 }
        #expect(
            try gateway.messages().first
                == .init(from: "Example", to: "+41791234567", kind: "text", text: "Your code is: 123456"))
        try await eventually { await receipts.taken.contains { $0.status == .delivered } }
        #expect(await receipts.taken.allSatisfy { $0.token == code.receiptToken })

        // Outside the GSM alphabet: UCS-2, big-endian.
        #expect(
            await channel.send(.sample(content: .notice(.init(.factorAdded)), appName: "Банк")).outcome == .accepted)
        try await eventually { try gateway.messages().count >= 2 }
        let notice = try #require(try gateway.messages().dropFirst().first)
        #expect(notice.kind == "ucs-2")
        #expect(notice.text.hasPrefix("%04%11%040%04%3D%04%3A%00%3A"))
        await channel.close()

        var wrong = settings
        wrong.values["password"] = .value("wrong")
        let stranger = try HTTPMessageProvider(wrong, templates: MessageTemplates())
        #expect(
            await stranger.send(.sample()) == SendReport(outcome: .failed, provider: "kannel", reason: "HTTP_403"))
        await stranger.close()
        await listener.close()
        try await gateway.stop()
    }
}
