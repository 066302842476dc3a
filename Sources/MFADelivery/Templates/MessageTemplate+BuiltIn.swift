internal import MFADomain

extension MessageTemplate {
    /// By channel, purpose and locale.
    static let builtIn: [MessageChannel: [MessagePurpose: [String: MessageTemplate]]] = {
        var sms: [MessagePurpose: [String: MessageTemplate]] = [
            .code: [
                "en": Self.sms("Your code is: {code}"),
                "de": Self.sms("Ihr Code lautet: {code}"),
                "fr": Self.sms("Votre code est : {code}"),
            ]
        ]
        var email: [MessagePurpose: [String: MessageTemplate]] = [:]
        for (locale, texts) in [("en", BuiltInText.english), ("de", BuiltInText.german), ("fr", BuiltInText.french)] {
            for (purpose, text) in texts {
                if purpose != .code { sms[purpose, default: [:]][locale] = Self.sms(text, locale) }
                email[purpose, default: [:]][locale] = Self.email(text, locale)
            }
        }
        return [.sms: sms, .email: email]
    }()

    private static func sms(_ text: String) -> MessageTemplate {
        MessageTemplate(text: PlaceholderText(text))
    }

    private static func sms(_ text: BuiltInText, _ locale: String) -> MessageTemplate {
        let colon = locale == "fr" ? " :" : ":"
        return sms(
            "{app}\(colon) \(text.lead)\(text.code.map { " {\($0)}." } ?? "")\(text.rest.map { " \($0)" } ?? "")")
    }

    private static func email(_ text: BuiltInText, _ locale: String) -> MessageTemplate {
        let code = text.code.map { " {\($0)}" } ?? ""
        let strong =
            text.code.map { "<p style=\"font-size:1.6em;letter-spacing:0.15em\"><strong>{\($0)}</strong></p>\n" } ?? ""
        let rest = text.rest ?? ""
        return MessageTemplate(
            subject: PlaceholderText(text.subject),
            text: PlaceholderText("\(text.lead)\(code)\n\(rest.isEmpty ? "" : "\n\(rest)\n")"),
            html: PlaceholderText(
                """
                <!DOCTYPE html>
                <html lang="\(locale)">
                <head><meta charset="utf-8"><title>{app}</title></head>
                <body style="font-family:sans-serif">
                <p>\(text.lead)</p>
                \(strong)\(rest.isEmpty ? "" : "<p>\(rest)</p>\n")</body>
                </html>

                """))
    }
}
