/// What the caller told of a subject.
public struct Profile: Sendable, Hashable {
    /// Raw values are stored and are those of the wire; append only.
    public enum Kind: Int, Sendable, Hashable, CaseIterable {
        case human = 1
        case serviceAccount = 2
    }

    public var kind: Kind
    public var groups: [String]
    /// Shown in authenticator apps. Empty when none was given.
    public var accountName: String
    /// BCP 47. Empty when none was given.
    public var locale: String
    public var addresses: [AddressCredential]
    /// When they were last changed beside a factor; nil for never.
    public internal(set) var addressesChangedAt: Timestamp?

    public init(
        kind: Kind = .human, groups: [String] = [], accountName: String = "", locale: String = "",
        addresses: [AddressCredential] = [], addressesChangedAt: Timestamp? = nil
    ) {
        self.kind = kind
        self.groups = groups
        self.accountName = accountName
        self.locale = locale
        self.addresses = addresses
        self.addressesChangedAt = addressesChangedAt
    }
}
