public import MFADomain

/// What an operator decides for the service.
public struct ServiceSettings: Sendable {
    public var domain = DomainSettings()
    /// Shown in authenticator apps where a tenant has no name of its own.
    public var defaultIssuer = "Countersign"
    public var issuers: [String: String] = [:]

    public init() {}

    func issuer(of tenant: String) -> String {
        issuers[tenant] ?? defaultIssuer
    }
}
