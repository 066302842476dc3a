internal import MFADomain

/// The texts of all messages, read and checked at start.
public struct MessageTemplates: Sendable {
    private var templates = MessageTemplate.builtIn
    private let defaultLocale: String
    private let webOTPHost: String?

    /// Throws a ``DeliverySettingsError`` that names the key or the file.
    public init(_ settings: TemplateSettings = TemplateSettings()) throws(DeliverySettingsError) {
        if let host = settings.webOTPHost {
            guard host.wholeMatch(of: #/(?:[a-z0-9-]+\.)*[a-z0-9-]+/#) != nil, host.utf8.count <= 253 else {
                throw DeliverySettingsError(key: "web_otp_host", problem: "expected a host name in lower case")
            }
        }
        webOTPHost = settings.webOTPHost
        defaultLocale = Self.normal(settings.defaultLocale)
        if let folder = settings.folder {
            for (place, template) in try TemplateFolder(folder).templates() {
                templates[place.channel, default: [:]][place.purpose, default: [:]][place.locale] = template
            }
        }
        for (channel, purposes) in templates {
            for (purpose, locales) in purposes where locales[defaultLocale] == nil {
                throw DeliverySettingsError(
                    key: "default_locale",
                    problem: "there is no text for \(channel) \(purpose.rawValue) in \(defaultLocale.printable)")
            }
        }
    }

    /// Nil for a message that has no text, such as a push.
    func text(for envelope: Envelope) -> MessageText? {
        let message = envelope.message
        guard let purpose = MessagePurpose(message.content), let locales = templates[message.channel]?[purpose],
            let template = Self.template(of: locales, message.locale) ?? locales[defaultLocale]
        else { return nil }
        var values = ["app": envelope.appName]
        let life = message.expiresAt.millisecondsSince(message.createdAt)
        switch message.content {
        case .code(let code), .accessCode(let code):
            values["code"] = code
            values["minutes"] = String(max(1, life / 60_000))
            values["hours"] = String(max(1, life / 3_600_000))
        case .notice(let notice):
            values["veto"] = notice.vetoCode
            values["left"] = String(notice.backupCodesLeft)
        case .pushChallenge: break
        }
        var text = template.filled(values)
        if message.channel == .sms, let webOTPHost, case .code(let code) = message.content {
            // The last line, as WebOTP's message format has it: `@host #code`.
            text.text += "\n\n@\(webOTPHost) #\(code)"
        }
        return text
    }

    /// The text in the locale or in the nearest wider one: `de-CH-1996`, `de-CH`, `de` (RFC 4647, section 3.4).
    private static func template(of locales: [String: MessageTemplate], _ locale: String) -> MessageTemplate? {
        // No registered tag is longer than 35 bytes.
        guard locale.utf8.count <= 35 else { return nil }
        var tag = normal(locale)[...]
        while !tag.isEmpty {
            if let template = locales[String(tag)] { return template }
            guard let dash = tag.lastIndex(of: "-") else { return nil }
            tag = tag[..<dash]
        }
        return nil
    }

    static func normal(_ locale: String) -> String {
        locale.lowercased().replacing("_", with: "-")
    }
}
