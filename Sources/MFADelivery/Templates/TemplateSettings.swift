public struct TemplateSettings: Sendable, Hashable {
    /// A folder with texts in place of the built-in ones: `sms/PURPOSE.LOCALE.txt` and
    /// `email/PURPOSE.LOCALE.subject.txt`, `.txt` and `.html`. A locale that has files has those alone.
    public var folder: String?
    /// BCP 47; used where a message asks for a locale there is no text in.
    public var defaultLocale = "en"
    /// The site whose pages may read a code out of an SMS by themselves (WebOTP): a host name. Adds the last line
    /// `@example.com #123456`.
    public var webOTPHost: String?

    public init() {}
}
