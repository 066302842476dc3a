/// The words of one purpose in one language, for an SMS and for an e-mail.
struct BuiltInText: Sendable {
    let subject: String
    let lead: String
    /// The placeholder that follows the lead.
    let code: String?
    let rest: String?

    private init(_ subject: String, _ lead: String, code: String? = nil, _ rest: String? = nil) {
        self.subject = subject
        self.lead = lead
        self.code = code
        self.rest = rest
    }

    static let english: [MessagePurpose: BuiltInText] = [
        .code: BuiltInText(
            "Your code for {app}",
            "Your code is:", code: "code",
            "It is valid for {minutes} minutes. Nobody from {app} will ever ask you for it."),
        .accessCode: BuiltInText(
            "Your access code for {app}",
            "Your access code is:", code: "code",
            "Nobody from {app} will ever ask you for it."),
        .factorAdded: BuiltInText(
            "A new way to sign in to {app}",
            "A new way to sign in was added to your account.",
            "If this was not you, tell us now."),
        .factorRemoved: BuiltInText(
            "A way to sign in to {app} was removed",
            "A way to sign in was removed from your account.",
            "If this was not you, tell us now."),
        .backupCodesReplaced: BuiltInText(
            "New backup codes for {app}",
            "Your backup codes were replaced by new ones.",
            "If this was not you, tell us now."),
        .backupCodeUsed: BuiltInText(
            "A backup code for {app} was used",
            "A backup code was used to sign in; {left} are left.",
            "If this was not you, tell us now."),
        .addressesChanged: BuiltInText(
            "Your addresses at {app} were changed",
            "The addresses of your account were changed.",
            "If this was not you, tell us now."),
        .recoveryStarted: BuiltInText(
            "Somebody asks for access to your {app} account",
            "Somebody told our help desk that they are you and lost every way to sign in. If this is not you, stop it with this code:",
            code: "veto",
            "Signing in as usual stops it too."),
        .recoveryApproved: BuiltInText(
            "Access to your {app} account is about to be restored",
            "Our help desk agreed to restore access to your account.",
            "If this is not you, stop it with the code that you got before, or by signing in."),
        .recoveryCancelled: BuiltInText(
            "Restoring access to your {app} account was stopped",
            "Restoring access to your account was stopped.",
            "Nothing was changed."),
        .recoveryCompleted: BuiltInText(
            "Access to your {app} account was restored",
            "Access to your account was restored with a new way to sign in; the old ones have ended.",
            "If this was not you, tell us now."),
        .temporaryAccessCodeIssued: BuiltInText(
            "A temporary access code for {app}",
            "Our help desk made a temporary access code for your account.",
            "If you did not ask for one, tell us now."),
        .lossReported: BuiltInText(
            "A lost device at {app}",
            "A device of yours was reported lost; it can no longer be used to sign in.",
            "If this was not you, tell us now."),
        .factorResumed: BuiltInText(
            "A way to sign in to {app} counts again",
            "A way to sign in to your account that was suspended counts again.",
            "If this was not you, tell us now."),
    ]

    static let german: [MessagePurpose: BuiltInText] = [
        .code: BuiltInText(
            "Ihr Code für {app}",
            "Ihr Code lautet:", code: "code",
            "Er gilt {minutes} Minuten. Niemand von {app} wird Sie je danach fragen."),
        .accessCode: BuiltInText(
            "Ihr Zugangscode für {app}",
            "Ihr Zugangscode lautet:", code: "code",
            "Niemand von {app} wird Sie je danach fragen."),
        .factorAdded: BuiltInText(
            "Neue Anmeldemethode für {app}",
            "Ihrem Konto wurde eine neue Anmeldemethode hinzugefügt.",
            "Waren Sie das nicht, melden Sie es uns sofort."),
        .factorRemoved: BuiltInText(
            "Anmeldemethode für {app} entfernt",
            "Von Ihrem Konto wurde eine Anmeldemethode entfernt.",
            "Waren Sie das nicht, melden Sie es uns sofort."),
        .backupCodesReplaced: BuiltInText(
            "Neue Ersatzcodes für {app}",
            "Ihre Ersatzcodes wurden durch neue ersetzt.",
            "Waren Sie das nicht, melden Sie es uns sofort."),
        .backupCodeUsed: BuiltInText(
            "Ein Ersatzcode für {app} wurde benutzt",
            "Ein Ersatzcode wurde zur Anmeldung benutzt; es bleiben {left}.",
            "Waren Sie das nicht, melden Sie es uns sofort."),
        .addressesChanged: BuiltInText(
            "Ihre Adressen bei {app} wurden geändert",
            "Die Adressen Ihres Kontos wurden geändert.",
            "Waren Sie das nicht, melden Sie es uns sofort."),
        .recoveryStarted: BuiltInText(
            "Jemand verlangt Zugang zu Ihrem Konto bei {app}",
            "Jemand hat unserem Helpdesk gesagt, Sie zu sein und jede Anmeldemethode verloren zu haben. Sind Sie das nicht, halten Sie es mit diesem Code auf:",
            code: "veto",
            "Auch eine gewöhnliche Anmeldung hält es auf."),
        .recoveryApproved: BuiltInText(
            "Ihr Zugang zu {app} wird bald wiederhergestellt",
            "Unser Helpdesk hat zugestimmt, den Zugang zu Ihrem Konto wiederherzustellen.",
            "Sind Sie das nicht, halten Sie es mit dem Code von vorhin auf oder indem Sie sich anmelden."),
        .recoveryCancelled: BuiltInText(
            "Die Wiederherstellung Ihres Zugangs zu {app} wurde abgebrochen",
            "Die Wiederherstellung des Zugangs zu Ihrem Konto wurde abgebrochen.",
            "Nichts wurde geändert."),
        .recoveryCompleted: BuiltInText(
            "Ihr Zugang zu {app} wurde wiederhergestellt",
            "Der Zugang zu Ihrem Konto wurde mit einer neuen Anmeldemethode wiederhergestellt; die alten gelten nicht mehr.",
            "Waren Sie das nicht, melden Sie es uns sofort."),
        .temporaryAccessCodeIssued: BuiltInText(
            "Ein vorläufiger Zugangscode für {app}",
            "Unser Helpdesk hat für Ihr Konto einen vorläufigen Zugangscode gemacht.",
            "Haben Sie keinen verlangt, melden Sie es uns sofort."),
        .lossReported: BuiltInText(
            "Ein verlorenes Gerät bei {app}",
            "Ein Gerät von Ihnen wurde als verloren gemeldet; damit kann man sich nicht mehr anmelden.",
            "Waren Sie das nicht, melden Sie es uns sofort."),
        .factorResumed: BuiltInText(
            "Eine Anmeldemethode für {app} gilt wieder",
            "Eine ausgesetzte Anmeldemethode Ihres Kontos gilt wieder.",
            "Waren Sie das nicht, melden Sie es uns sofort."),
    ]

    static let french: [MessagePurpose: BuiltInText] = [
        .code: BuiltInText(
            "Votre code pour {app}",
            "Votre code est :", code: "code",
            "Il est valable {minutes} minutes. Personne de {app} ne vous le demandera jamais."),
        .accessCode: BuiltInText(
            "Votre code d'accès pour {app}",
            "Votre code d'accès est :", code: "code",
            "Personne de {app} ne vous le demandera jamais."),
        .factorAdded: BuiltInText(
            "Nouvelle méthode de connexion à {app}",
            "Une nouvelle méthode de connexion a été ajoutée à votre compte.",
            "Si ce n'était pas vous, signalez-le-nous aussitôt."),
        .factorRemoved: BuiltInText(
            "Méthode de connexion à {app} retirée",
            "Une méthode de connexion a été retirée de votre compte.",
            "Si ce n'était pas vous, signalez-le-nous aussitôt."),
        .backupCodesReplaced: BuiltInText(
            "Nouveaux codes de secours pour {app}",
            "Vos codes de secours ont été remplacés par de nouveaux.",
            "Si ce n'était pas vous, signalez-le-nous aussitôt."),
        .backupCodeUsed: BuiltInText(
            "Un code de secours pour {app} a été utilisé",
            "Un code de secours a servi à se connecter ; il en reste {left}.",
            "Si ce n'était pas vous, signalez-le-nous aussitôt."),
        .addressesChanged: BuiltInText(
            "Vos adresses chez {app} ont été modifiées",
            "Les adresses de votre compte ont été modifiées.",
            "Si ce n'était pas vous, signalez-le-nous aussitôt."),
        .recoveryStarted: BuiltInText(
            "Quelqu'un demande l'accès à votre compte {app}",
            "Quelqu'un a dit à notre assistance être vous et avoir perdu toute méthode de connexion. Si ce n'est pas vous, arrêtez-le avec ce code :",
            code: "veto",
            "Se connecter comme d'habitude l'arrête aussi."),
        .recoveryApproved: BuiltInText(
            "L'accès à votre compte {app} va être rétabli",
            "Notre assistance a accepté de rétablir l'accès à votre compte.",
            "Si ce n'est pas vous, arrêtez-le avec le code reçu auparavant ou en vous connectant."),
        .recoveryCancelled: BuiltInText(
            "Le rétablissement de l'accès à votre compte {app} a été arrêté",
            "Le rétablissement de l'accès à votre compte a été arrêté.",
            "Rien n'a été modifié."),
        .recoveryCompleted: BuiltInText(
            "L'accès à votre compte {app} a été rétabli",
            "L'accès à votre compte a été rétabli avec une nouvelle méthode de connexion ; les anciennes ne valent plus.",
            "Si ce n'était pas vous, signalez-le-nous aussitôt."),
        .temporaryAccessCodeIssued: BuiltInText(
            "Un code d'accès temporaire pour {app}",
            "Notre assistance a créé un code d'accès temporaire pour votre compte.",
            "Si vous n'en avez pas demandé, signalez-le-nous aussitôt."),
        .lossReported: BuiltInText(
            "Un appareil perdu chez {app}",
            "Un de vos appareils a été déclaré perdu ; il ne permet plus de se connecter.",
            "Si ce n'était pas vous, signalez-le-nous aussitôt."),
        .factorResumed: BuiltInText(
            "Une méthode de connexion à {app} vaut à nouveau",
            "Une méthode de connexion suspendue de votre compte vaut à nouveau.",
            "Si ce n'était pas vous, signalez-le-nous aussitôt."),
    ]
}
