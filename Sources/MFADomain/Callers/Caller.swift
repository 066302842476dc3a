/// A calling service: what its certificate's entry in the configuration grants.
public struct Caller: Sendable, Hashable {
    /// The name used in logs and in the audit.
    public let name: String
    public let tenants: TenantAccess
    public let scopes: Set<Scope>
    /// True hides from this caller whether a subject or factor is unknown, locked, or the code was wrong.
    public let conceal: Bool

    public init(name: String, tenants: TenantAccess, scopes: Set<Scope>, conceal: Bool = false) {
        self.name = name
        self.tenants = tenants
        self.scopes = scopes
        self.conceal = conceal
    }
}

/// The tenants a caller may name.
public enum TenantAccess: Sendable, Hashable {
    case all
    case only(Set<String>)

    public func includes(_ tenant: String) -> Bool {
        switch self {
        case .all: true
        case .only(let names): names.contains(tenant)
        }
    }
}
