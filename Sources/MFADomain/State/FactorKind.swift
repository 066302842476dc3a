/// What a factor is. Raw values are stored and are those of the wire; append only.
public enum FactorKind: Int, Sendable, Hashable, CaseIterable {
    case totp = 1
    case hotp = 2
    case sms = 3
    case email = 4
    case push = 5
    case backupCodes = 7
    case temporaryAccessCode = 8

    /// Authentication method references (RFC 8176) of a proof by this kind.
    public var amr: [String] {
        switch self {
        // RFC 8176 has no word of its own for look-up secrets; "otp" covers one-time passwords of any origin.
        case .totp, .hotp, .backupCodes, .temporaryAccessCode: ["otp"]
        case .sms: ["sms"]
        // RFC 8176 has no word for a code sent by e-mail, and NIST no place for it.
        case .email: []
        case .push: ["swk"]
        }
    }

    /// What a proof by this kind shows: something the person holds. Nil for e-mail, whose account may be open anywhere
    /// (NIST SP 800-63B-4, section 3.1.3: e-mail shall not be used for out-of-band authentication).
    public var category: AuthenticationCategory? {
        self == .email ? nil : .possession
    }

    /// Kept, or given, for when a factor is not at hand.
    var isReserve: Bool { self == .backupCodes || self == .temporaryAccessCode }

    /// Whether a person can sign in with it again and again: neither a reserve nor a mailbox.
    var isSecondFactor: Bool { !isReserve && category != nil }

    /// The way a message to a factor of this kind takes; nil for kinds that are sent nothing.
    public var channel: MessageChannel? {
        switch self {
        case .sms: .sms
        case .email: .email
        case .push: .push
        case .totp, .hotp, .backupCodes, .temporaryAccessCode: nil
        }
    }

    /// NIST SP 800-63B-4, section 3.2.5: no code that a person can be talked into typing elsewhere is.
    public var isPhishingResistant: Bool { false }

    /// NIST SP 800-63B-4, section 3.2.9: authentication over the telephone network is restricted.
    public var isRestricted: Bool { self == .sms }
}
