/// What kind of thing a proof is about. Two proofs of one category are still one factor.
public enum AuthenticationCategory: Sendable, Hashable {
    case knowledge
    case possession
    case inherence

    /// The category of an authentication method reference; nil for words that say nothing about one (RFC 8176).
    init?(amr: String) {
        switch amr {
        case "pwd", "pin", "kba": self = .knowledge
        case "hwk", "swk", "otp", "sms", "tel", "sc", "pop": self = .possession
        case "fpt", "face", "iris", "retina", "vbm": self = .inherence
        default: return nil
        }
    }
}
