import Foundation
import MFADelivery
import NIOPosix
import Testing

struct ReceiptListenerTests {
    /// Starts a listener that knows one token, sends it raw requests and gives the first line of each answer.
    private func answers(
        to requests: [String], _ change: (inout ReceiptSettings) -> Void = { _ in }
    ) async throws -> (lines: [String], receipts: [DeliveryReceipt]) {
        let taken = Taken()
        var settings = ReceiptSettings(port: 0)
        change(&settings)
        let listener = try await ReceiptListener.start(settings, group: MultiThreadedEventLoopGroup.singleton) {
            await taken.add($0)
            return $0.token == "tok_-1"
        }
        var lines: [String] = []
        for request in requests {
            let connection = try await RawConnection.open(port: listener.localAddress.port ?? 0)
            let answer = try await connection.ask(request)
            lines.append(String(answer.prefix { $0 != "\r\n" }))
        }
        await listener.close()
        return (lines, await taken.receipts)
    }

    private actor Taken {
        var receipts: [DeliveryReceipt] = []
        func add(_ receipt: DeliveryReceipt) { receipts.append(receipt) }
    }

    private func get(_ target: String) -> String { "GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n" }

    private func post(_ target: String, _ body: String) -> String {
        "POST \(target) HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    @Test("Kannel's, Twilio's and plain words are read")
    func words() async throws {
        let (lines, receipts) = try await answers(
            to: ["1", "2", "4", "8", "16", "delivered", "failed", "sent"].map {
                get("/receipts/tok_-1?status=\($0)")
            }
                + ["queued", "sent", "delivered", "undelivered", "failed"].map {
                    post("/receipts/tok_-1", "MessageSid=SM1&MessageStatus=\($0)&To=%2B41")
                })
        #expect(lines == Array(repeating: "HTTP/1.1 204 No Content", count: 13))
        #expect(
            receipts.map(\.status) == [
                .delivered, .failed, .sent, .sent, .failed, .delivered, .failed, .sent, .sent, .sent, .delivered,
                .failed, .failed,
            ])
        #expect(receipts.allSatisfy { $0.token == "tok_-1" })
    }

    @Test("An unknown token, another path, another method and a status we do not know are refused")
    func refusals() async throws {
        let (lines, receipts) = try await answers(to: [
            get("/receipts/forged?status=1"), get("/"), get("/receipts/?status=1"),
            get("/receipts/a/../b?status=1"), get("/receipts/\(String(repeating: "a", count: 513))?status=1"),
            "PUT /receipts/tok_-1?status=1 HTTP/1.1\r\nHost: a\r\n\r\n", get("/receipts/tok_-1"),
            get("/receipts/tok_-1?status="), get("/receipts/tok_-1?status=99"), post("/receipts/tok_-1", "\u{ff}"),
            "nonsense\r\n\r\n",
        ])
        #expect(
            lines.map { $0.split(separator: " ").dropFirst().first } == [
                "404", "404", "404", "404", "404", "405", "400", "400", "400", "400", "400",
            ])
        #expect(receipts == [DeliveryReceipt(token: "forged", status: .delivered)])
    }

    @Test("What is too large is refused, and no more of it is kept")
    func sizes() async throws {
        let (lines, receipts) = try await answers(to: [
            post("/receipts/tok_-1", "MessageStatus=sent&x=" + String(repeating: "a", count: 20_000)),
            get("/receipts/tok_-1?status=1&x=" + String(repeating: "a", count: 10_000)),
        ])
        #expect(lines.map { $0.split(separator: " ").dropFirst().first } == ["413", "400"])
        #expect(receipts.isEmpty)
    }

    @Test("A connection that says nothing is closed in time, and one more than allowed at once")
    func connections() async throws {
        var settings = ReceiptSettings(port: 0)
        settings.timeoutSeconds = 1
        settings.maximumConnections = 1
        let listener = try await ReceiptListener.start(settings, group: MultiThreadedEventLoopGroup.singleton) { _ in
            true
        }
        let silent = try await RawConnection.open(port: listener.localAddress.port ?? 0)
        let second = try await RawConnection.open(port: listener.localAddress.port ?? 0)
        #expect(try await second.rest() == "")
        #expect(try await silent.rest() == "")
        await listener.close()
    }

    @Test("Settings that cannot be right are refused by the name of their key")
    func settings() async throws {
        var settings = ReceiptSettings(port: 0)
        settings.host = "localhost"
        let error = await #expect(throws: DeliverySettingsError.self) {
            try await ReceiptListener.start(settings, group: MultiThreadedEventLoopGroup.singleton) { _ in true }
        }
        #expect(error?.key == "host")
    }
}
