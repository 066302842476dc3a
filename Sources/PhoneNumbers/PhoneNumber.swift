/// A telephone number as ITU-T E.164 writes it, and what its country's numbering plan says of it.
public struct PhoneNumber: Sendable, Hashable {
    /// What numbers of this range are for, and so what a call or message to them costs.
    public enum Kind: Sendable, Hashable, CaseIterable {
        case mobile
        /// A plan that does not tell the two apart, the North American one above all.
        case fixedLineOrMobile
        case fixedLine
        case premium
        case tollFree
        case sharedCost
        case voip
        case pager
        /// Universal access number of an organisation.
        case uan
        case voicemail
        case personal
        /// No range of the plan, and every number that is not valid.
        case unknown
    }

    /// "+", the calling code and the national number: `+41791234567`.
    public let e164: String
    /// ISO 3166-1 alpha-2, as in `CH`. Empty for numbers of no country, satellite networks' for instance, and for those
    /// that are not valid.
    public let country: String
    /// The code that stands first, as in 41. Several countries may share one.
    public let callingCode: Int
    public let kind: Kind
    /// True where the plan has this range with this length.
    public let isValid: Bool
}
