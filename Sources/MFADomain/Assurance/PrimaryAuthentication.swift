/// What a caller checked by itself before it asked for more.
public struct PrimaryAuthentication: Sendable, Hashable {
    public static let maxMethods = 8
    public static let lifetimeSeconds: Int64 = 300

    /// Authentication method references (RFC 8176).
    public let amr: [String]

    public init(amr: [String]) {
        self.amr = amr
    }

    var categories: Set<AuthenticationCategory> {
        Set(amr.compactMap { AuthenticationCategory(amr: $0) })
    }
}
