internal import MFADomain

extension MessageTemplate {
    /// By channel, purpose and locale.
    static let builtIn: [MessageChannel: [MessagePurpose: [String: MessageTemplate]]] = [
        .sms: [
            .code: [
                "en": sms("Your code is: {code}"),
                "de": sms("Ihr Code lautet: {code}"),
                "fr": sms("Votre code est : {code}"),
            ],
            .factorAdded: [
                "en": sms("{app}: a new way to sign in was added to your account. If this was not you, tell us now."),
                "de": sms(
                    "{app}: Ihrem Konto wurde eine neue Anmeldemethode hinzugefügt. Waren Sie das nicht, melden Sie es sofort."
                ),
                "fr": sms(
                    "{app} : une nouvelle méthode de connexion a été ajoutée à votre compte. Si ce n'était pas vous, signalez-le."
                ),
            ],
        ],
        .email: [
            .code: [
                "en": email(
                    subject: "Your code for {app}", lead: "Your code is:",
                    rest: "It is valid for {minutes} minutes. Nobody from {app} will ever ask you for it.",
                    language: "en"),
                "de": email(
                    subject: "Ihr Code für {app}", lead: "Ihr Code lautet:",
                    rest: "Er gilt {minutes} Minuten. Niemand von {app} wird Sie je danach fragen.", language: "de"),
                "fr": email(
                    subject: "Votre code pour {app}", lead: "Votre code est :",
                    rest: "Il est valable {minutes} minutes. Personne de {app} ne vous le demandera jamais.",
                    language: "fr"),
            ],
            .factorAdded: [
                "en": email(
                    subject: "A new way to sign in to {app}",
                    lead: "A new way to sign in was added to your {app} account.",
                    rest: "If this was not you, tell us now.", language: "en"),
                "de": email(
                    subject: "Neue Anmeldemethode für {app}",
                    lead: "Ihrem Konto bei {app} wurde eine neue Anmeldemethode hinzugefügt.",
                    rest: "Waren Sie das nicht, melden Sie es uns sofort.", language: "de"),
                "fr": email(
                    subject: "Nouvelle méthode de connexion à {app}",
                    lead: "Une nouvelle méthode de connexion a été ajoutée à votre compte {app}.",
                    rest: "Si ce n'était pas vous, signalez-le-nous aussitôt.", language: "fr"),
            ],
        ],
    ]

    private static func sms(_ text: String) -> MessageTemplate {
        MessageTemplate(text: PlaceholderText(text))
    }

    /// A lead that ends with a colon is followed by the code.
    private static func email(subject: String, lead: String, rest: String, language: String) -> MessageTemplate {
        let hasCode = lead.hasSuffix(":")
        let code = hasCode ? " {code}" : ""
        let strong = hasCode ? "<p style=\"font-size:1.6em;letter-spacing:0.15em\"><strong>{code}</strong></p>\n" : ""
        return MessageTemplate(
            subject: PlaceholderText(subject), text: PlaceholderText("\(lead)\(code)\n\n\(rest)\n"),
            html: PlaceholderText(
                """
                <!DOCTYPE html>
                <html lang="\(language)">
                <head><meta charset="utf-8"><title>{app}</title></head>
                <body style="font-family:sans-serif">
                <p>\(lead)</p>
                \(strong)<p>\(rest)</p>
                </body>
                </html>

                """))
    }
}
