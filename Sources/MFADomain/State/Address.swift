/// Where a person can be reached.
public struct Address: Sendable, Hashable {
    /// Raw values are stored and are those of the wire; append only.
    public enum Kind: Int, Sendable, Hashable, CaseIterable {
        case email = 1
        case phone = 2
    }

    public let kind: Kind
    public let value: String

    public init(kind: Kind, value: String) {
        self.kind = kind
        self.value = value
    }

    /// One name for all the ways to write where messages arrive: of an e-mail address without case and without what
    /// follows "+", which many providers ignore.
    var mailbox: String {
        guard kind == .email, let at = value.lastIndex(of: "@") else { return value }
        return (value[..<at].prefix { $0 != "+" } + value[at...]).lowercased()
    }

    /// Enough to recognise, not enough to reach: the first letters of an e-mail address's parts and its top-level
    /// domain, the last two digits of a number.
    public var masked: String {
        switch kind {
        case .email: Self.maskedEmail(value)
        case .phone: "+" + String(repeating: "*", count: max(0, value.count - 3)) + value.suffix(2)
        }
    }

    private static func maskedEmail(_ value: String) -> String {
        guard let at = value.lastIndex(of: "@") else { return "***" }
        let domain = value[value.index(after: at)...]
        guard let dot = domain.lastIndex(of: ".") else { return "\(value.prefix(1))***@\(domain.prefix(1))***" }
        return "\(value.prefix(1))***@\(domain.prefix(1))***\(domain[dot...])"
    }
}
