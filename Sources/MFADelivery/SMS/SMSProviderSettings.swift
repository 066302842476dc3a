/// An SMS provider that is spoken to over HTTP: its request as a template, and how its answers are read.
///
/// Texts of the template may hold `{to}` (E.164 with its plus), `{to_digits}` (without), `{text}`, `{from}`,
/// `{message_id}`, `{receipt_url}`, `{coding}` (0 if the text fits the GSM alphabet, else 2), `{validity_seconds}`,
/// `{validity_minutes}` (what is left of the message's life, at least 1) and the names of ``values``. Each value is
/// encoded for where it stands.
public struct SMSProviderSettings: Sendable, Hashable {
    public struct Field: Sendable, Hashable {
        public var name: String
        public var value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    public enum Method: String, Sendable, Hashable, CaseIterable {
        case get = "GET"
        case post = "POST"
    }

    public enum Body: Sendable, Hashable {
        case none
        case form([Field])
        /// JSON text whose placeholders stand inside strings.
        case json(String)
    }

    public struct BasicAuthentication: Sendable, Hashable {
        public var username: String
        public var password: SecretSetting

        public init(username: String, password: SecretSetting) {
            self.username = username
            self.password = password
        }
    }

    public var name: String
    public var method = Method.post
    /// Placeholders may stand in its path and query.
    public var url: String
    public var headers: [Field] = []
    public var body = Body.none
    public var basicAuthentication: BasicAuthentication?
    /// The sender: a number or a short name.
    public var from = ""
    /// Names of placeholders of the operator's own, with their values.
    public var values: [String: SecretSetting] = [:]
    /// Where the provider reports on messages: a URL that each message's token is appended to.
    public var receiptURL: String?
    /// Of an answer that accepts the message; inside 200 to 299.
    public var successStatuses: ClosedRange<Int> = 200...299
    /// What the body of such an answer must match; nil for anything.
    public var successPattern: String?
    /// Its one group is the provider's name for the message.
    public var messageIDPattern: String?
    /// A body that means the provider will never take the message, whatever the status.
    public var refusalPattern: String?
    public var cost = CostTable()
    public var http: ProviderHTTPSettings

    public init(name: String, url: String, http: ProviderHTTPSettings) {
        self.name = name
        self.url = url
        self.http = http
    }
}
