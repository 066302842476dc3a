public import MFADomain

/// What an operator decides for the service.
public struct ServiceSettings: Sendable {
    public var domain = DomainSettings()
    /// Shown in authenticator apps where a tenant has no name of its own.
    public var defaultIssuer = "Countersign"
    public var issuers: [String: String] = [:]
    /// The `iss` of receipts.
    public var receiptIssuer = "countersign"
    /// How long a message belongs to the one who took it. Must be more than all of a channel's providers together take
    /// to answer; what a crash left is sent once it is over.
    public var messageLeaseSeconds: Int64 = 60

    public init() {}

    func issuer(of tenant: String) -> String {
        issuers[tenant] ?? defaultIssuer
    }
}
