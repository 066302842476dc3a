/// What a person should know of a factor that was taken nevertheless.
public enum ImportWarning: Sendable, Hashable, CaseIterable, CustomStringConvertible {
    /// RFC 4226, section 4, R6 asks for 128 bits.
    case shortSecret
    /// A HOTP key came without its counter; 0 is assumed.
    case counterAssumed
    /// The file is signed, and nobody checked by whom.
    case signatureNotChecked

    public var description: String {
        switch self {
        case .shortSecret: "The secret has less than 128 bits."
        case .counterAssumed: "The file does not say the counter; it is taken to be 0."
        case .signatureNotChecked: "The file is signed; the signature was not checked."
        }
    }
}
