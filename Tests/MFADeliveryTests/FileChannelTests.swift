import Foundation
import MFADelivery
import MFADomain
import MFATesting
import Testing

struct FileChannelTests {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    @Test("A message is a file that says what it is, to whom, and its text, for its owner alone")
    func file() async throws {
        let channel = try FileChannel(folder: folder.file("a/outbox"), templates: MessageTemplates()) {
            Timestamp(milliseconds: 1_700_000_000_123)
        }
        let envelope = Envelope.sample()
        let report = await channel.send(envelope)
        let name = "20231114T221320.123Z-sms-\(envelope.message.id.text)"
        #expect(report == SendReport(outcome: .accepted, provider: "file", providerMessageID: name))
        let path = folder.file("a/outbox/\(name).txt")
        #expect(
            try String(contentsOfFile: path, encoding: .utf8)
                == "channel: sms\nto: +41791234567\n\nYour code is: 123456\n")
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
        #expect(
            try FileManager.default.attributesOfItem(atPath: folder.file("a/outbox"))[.posixPermissions] as? Int
                == 0o700)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("a/outbox")) == ["\(name).txt"])
    }

    @Test("Files are listed in the order the messages left")
    func order() async throws {
        let clock = TestClock(seconds: 1_699_999_998)
        let channel = try FileChannel(folder: folder.path, templates: MessageTemplates()) { clock.now }
        var ids: [String] = []
        for _ in 0..<5 {
            let envelope = Envelope.sample()
            ids.append(envelope.message.id.text)
            _ = await channel.send(envelope)
            clock.advance(seconds: 1)
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(names.map { String($0.dropLast(4).suffix(32)) } == ids)
    }

    @Test("A push shows what the device gets")
    func push() async throws {
        let channel = try FileChannel(folder: folder.path, templates: MessageTemplates())
        let envelope = Envelope.sample(.push, to: "device\n-token", content: .pushChallenge)
        _ = await channel.send(envelope)
        let text = String(decoding: try #require(folder.contents().values.first), as: UTF8.self)
        #expect(
            text == """
                channel: push
                to: device-token
                appName: Example
                challenge: \(envelope.message.challengeID?.text ?? "")
                timestamp: \(envelope.message.createdAt.milliseconds)
                type: MFA_CHALLENGE

                """)
    }

    @Test("A folder that cannot be is refused by name, and one that is gone fails the message")
    func trouble() async throws {
        try Data().write(to: URL(filePath: folder.file("plain")))
        #expect(throws: DeliverySettingsError.self) {
            try FileChannel(folder: folder.file("plain/outbox"), templates: MessageTemplates())
        }
        let channel = try FileChannel(folder: folder.file("outbox"), templates: MessageTemplates())
        try FileManager.default.removeItem(atPath: folder.file("outbox"))
        #expect(await channel.send(.sample()) == SendReport(outcome: .failed, provider: "file", reason: "WRITE"))
    }
}
