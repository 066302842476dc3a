import Foundation
import MFADelivery
import MFADomain
import MFATesting
import Testing

/// Texts as they leave, seen through the file channel.
struct TemplateTests {
    private static let purposes = [
        "code", "access-code", "factor-added", "factor-removed", "backup-codes-replaced", "backup-code-used",
        "addresses-changed", "recovery-started", "recovery-approved", "recovery-cancelled", "recovery-completed",
        "temporary-access-code-issued", "loss-reported", "factor-resumed",
    ].joined(separator: ", ")

    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    private func write(_ files: [String: String]) throws {
        for (name, text) in files {
            let url = URL(filePath: folder.file("texts/\(name)"))
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: url)
        }
    }

    private var settings: TemplateSettings {
        var settings = TemplateSettings()
        settings.folder = folder.file("texts")
        return settings
    }

    /// What follows the headings.
    private func text(_ envelope: Envelope, _ settings: TemplateSettings = TemplateSettings()) async throws -> String {
        let outbox = try TemporaryDirectory()
        let channel = try FileChannel(folder: outbox.path, templates: MessageTemplates(settings))
        #expect(await channel.send(envelope).outcome == .accepted)
        let file = try #require(outbox.contents().values.first)
        let content = String(decoding: file, as: UTF8.self)
        return String(try #require(content.split(separator: "\n\n", maxSplits: 1).dropFirst().first).dropLast())
    }

    @Test("The built-in SMS is the seed's, and there is German and French")
    func builtIn() async throws {
        #expect(try await text(.sample()) == "Your code is: 123456")
        #expect(try await text(.sample(locale: "de")) == "Ihr Code lautet: 123456")
        #expect(try await text(.sample(locale: "fr")) == "Votre code est : 123456")
    }

    @Test(
        "A locale falls back to the wider one and then to the default",
        arguments: [
            ("de-CH", "Ihr Code lautet: 123456"), ("DE_ch", "Ihr Code lautet: 123456"),
            ("de-CH-1996", "Ihr Code lautet: 123456"), ("it", "Your code is: 123456"), ("", "Your code is: 123456"),
            ("../../etc/passwd", "Your code is: 123456"), ("-", "Your code is: 123456"),
            (String(repeating: "de-", count: 10_000), "Your code is: 123456"),
        ])
    func locales(_ locale: String, _ expected: String) async throws {
        #expect(try await text(.sample(locale: locale)) == expected)
    }

    @Test("The default locale can be another, so long as there is text in it")
    func defaultLocale() async throws {
        var settings = TemplateSettings()
        settings.defaultLocale = "fr"
        #expect(try await text(.sample(locale: "it"), settings) == "Votre code est : 123456")
        settings.defaultLocale = "it"
        let error = #expect(throws: DeliverySettingsError.self) { try MessageTemplates(settings) }
        #expect(error?.key == "default_locale")
    }

    @Test("Files stand in for the built-in texts and add locales")
    func files() async throws {
        try write([
            "sms/code.en.txt": "{app}: {code} ({minutes} min) {not a place} {Code} {",
            "sms/code.de-CH.txt": "Code: {code}\n",
            ".hidden": "x",
        ])
        #expect(try await text(.sample(), settings) == "Example: 123456 (5 min) {not a place} {Code} {")
        #expect(try await text(.sample(locale: "de-CH"), settings) == "Code: 123456")
        #expect(try await text(.sample(locale: "de-AT"), settings) == "Ihr Code lautet: 123456")
    }

    @Test("A value that looks like a placeholder is a value")
    func noSecondRound() async throws {
        try write(["sms/code.en.txt": "{app} {code}"])
        #expect(try await text(.sample(appName: "{code}{minutes}"), settings) == "{code}{minutes} 123456")
    }

    @Test("The WebOTP line is the last one, of SMS codes alone")
    func webOTP() async throws {
        var settings = TemplateSettings()
        settings.webOTPHost = "login.example.com"
        #expect(
            try await text(.sample(), settings) == "Your code is: 123456\n\n@login.example.com #123456")
        #expect(try await !text(.sample(content: .notice(.init(.factorAdded))), settings).contains("@login"))
        #expect(try await !text(.sample(.email, to: "a@example.com"), settings).contains("@login"))
        settings.webOTPHost = "https://login.example.com"
        let error = #expect(throws: DeliverySettingsError.self) { try MessageTemplates(settings) }
        #expect(error?.key == "web_otp_host")
    }

    @Test(
        "A file that is not right is refused by name",
        arguments: [
            (["sms/code.en.txt": "Hello"], "sms/code.en.txt", "lacks {code}"),
            (["sms/code.en.txt": ""], "sms/code.en.txt", "is empty"),
            (
                ["sms/code.en.txt": "{code} {name}"], "sms/code.en.txt",
                "unknown placeholder {name}, expected {app}, {code}, {minutes}"
            ),
            (
                ["sms/factor-added.en.txt": "{code}"], "sms/factor-added.en.txt",
                "unknown placeholder {code}, expected {app}"
            ),
            (["sms/code.en.txt": "{code}\u{7}"], "sms/code.en.txt", "holds control characters"),
            (
                ["sms/code.en.txt": "{code}" + String(repeating: "a", count: 800)], "sms/code.en.txt",
                "is longer than 800 characters"
            ),
            (["sms/code.en.html": "{code}"], "sms/code.en.html", "expected a name ending in .txt"),
            (
                ["sms/cod.en.txt": "{code}"], "sms/cod.en.txt",
                "expected PURPOSE.LOCALE.txt with a purpose of \(Self.purposes)"
            ),
            (
                ["sms/code.e.txt": "{code}"], "sms/code.e.txt",
                "expected a locale such as de or de-CH after the purpose"
            ),
            (["mail/code.en.txt": "{code}"], "mail", "unknown, expected the folders sms and email"),
            (["email/code.en.txt": "{code}"], "email/code.en.subject.txt", "is missing beside the other parts"),
            (["email/code.en.html": "{code}"], "email/code.en.txt", "is missing beside the other parts"),
            (
                ["email/code.en.subject.txt": "a\nb", "email/code.en.txt": "{code}"], "email/code.en.subject.txt",
                "expected one line"
            ),
            (
                [
                    "email/code.en.subject.txt": "a", "email/code.en.txt": "{code}", "email/code.en.html": "<p>",
                ], "email/code.en.html", "lacks {code}"
            ),
        ])
    func refusals(_ files: [String: String], _ file: String, _ problem: String) throws {
        try write(files)
        #expect(throws: DeliverySettingsError(key: folder.file("texts/\(file)"), problem: problem)) {
            try MessageTemplates(settings)
        }
    }

    @Test("A folder that is not there is refused by name")
    func noFolder() {
        #expect(throws: DeliverySettingsError(key: folder.file("texts"), problem: "cannot be read as a folder")) {
            try MessageTemplates(settings)
        }
    }

    @Test("Bytes that are no UTF-8 are refused by name")
    func notUTF8() throws {
        try write(["sms/code.en.txt": ""])
        try Data([0xff, 0xfe]).write(to: URL(filePath: folder.file("texts/sms/code.en.txt")))
        let error = #expect(throws: DeliverySettingsError.self) { try MessageTemplates(settings) }
        #expect(error?.problem == "is not UTF-8 text")
    }
}
