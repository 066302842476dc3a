/// What proofs are worth together (NIST SP 800-63B-4). Computed, never claimed.
public struct Assurance: Sendable, Hashable {
    public enum Level: Int, Sendable, Hashable {
        case aal1 = 1
        case aal2 = 2
    }

    /// Nil when nothing that counts was proven.
    public let level: Level?
    /// Authentication method references of all of it (RFC 8176).
    public let amr: [String]

    /// A proof by a factor, after a primary authentication where there was one.
    public init(of kind: FactorKind, after primary: PrimaryAuthentication?) {
        guard let primary else {
            // The usual case, without a set or an array of its own.
            level = kind.category == nil ? nil : .aal1
            amr = kind.amr
            return
        }
        var categories = primary.categories
        if let category = kind.category { categories.insert(category) }
        if categories.isEmpty {
            level = nil
        } else {
            level = categories.count >= 2 && kind.category != nil ? .aal2 : .aal1
        }
        var amr: [String] = []
        for word in primary.amr.filter({ AuthenticationCategory(amr: $0) != nil }) + kind.amr
        where !amr.contains(word) { amr.append(word) }
        if level == .aal2 { amr.append("mfa") }
        self.amr = amr
    }
}
