internal import Foundation
internal import MFADomain
internal import MFAService
internal import PhoneNumbers

/// What a field must look like. Each check throws INVALID_ARGUMENT with the field's name and what is expected, never
/// with what was sent.
enum FieldCheck {
    /// 1 to 64 characters of a-z A-Z 0-9 . _ -
    static func tenant(_ value: String) throws(CallStatus) {
        let isValid = value.utf8.allSatisfy { character in
            switch character {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard isValid, (1...64).contains(value.utf8.count) else {
            throw .invalidField("tenant", "must be 1 to 64 characters of a-z A-Z 0-9 . _ -")
        }
    }

    static func subject(_ value: String) throws(CallStatus) {
        try required(value, "subject", maxBytes: 128)
    }

    /// Text that may be empty.
    static func text(_ value: String, _ field: String, maxBytes: Int) throws(CallStatus) {
        guard value.utf8.count <= maxBytes else {
            throw .invalidField(field, "must be at most \(maxBytes) bytes.")
        }
        // Plain ASCII, the usual case, needs no look at Unicode's tables.
        if value.utf8.allSatisfy({ (0x20..<0x7f).contains($0) }) { return }
        guard !value.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            throw .invalidField(field, "must not hold control characters.")
        }
    }

    static func required(_ value: String, _ field: String, maxBytes: Int) throws(CallStatus) {
        guard !value.isEmpty else { throw .invalidField(field, "is required.") }
        try text(value, field, maxBytes: maxBytes)
    }

    /// Text that is only compared: what is no code is a wrong one.
    static func guess(_ value: String, _ field: String, maxBytes: Int) throws(CallStatus) -> String {
        guard value.utf8.count <= maxBytes else { throw .invalidField(field, "must be at most \(maxBytes) bytes.") }
        return value
    }

    /// A name for people.
    static func name(_ value: String, _ field: String) throws(CallStatus) -> String {
        try text(value, field, maxBytes: 256)
        guard value.count <= 64 else { throw .invalidField(field, "must be at most 64 characters.") }
        return value
    }

    /// An account name: the otpauth label cannot hold a colon.
    static func account(_ value: String) throws(CallStatus) -> String {
        try text(value, "account_name", maxBytes: 128)
        guard !value.contains(":") else { throw .invalidField("account_name", "must not hold a colon.") }
        return value
    }

    /// A code as it was typed. Only its length is checked here: what is no code of the factor is a wrong code.
    static func code(_ value: String) throws(CallStatus) -> String {
        guard !value.isEmpty else { throw .invalidField("code", "is required.") }
        return try guess(value, "code", maxBytes: 64)
    }

    /// What a proof or an evaluation is for; may be empty.
    static func action(_ value: String) throws(CallStatus) -> String {
        try text(value, "action", maxBytes: 128)
        return value
    }

    static func factorID(_ value: String, _ field: String = "factor_id") throws(CallStatus) -> FactorID {
        try required(value, field, maxBytes: 64)
        // What is no id names no factor: the answer is that of an unknown one (CONTROLS row 98).
        guard let id = FactorID(text: value) else { throw StatusMapping.status(of: Refusal.factorNotFound) }
        return id
    }

    static func challengeID(_ value: String, _ field: String = "challenge_id") throws(CallStatus) -> ChallengeID {
        try required(value, field, maxBytes: 64)
        guard let id = ChallengeID(text: value) else { throw StatusMapping.status(of: Refusal.challengeNotFound) }
        return id
    }

    /// ECDSA on P-256: r and s.
    static func signature(_ value: Data, _ field: String) throws(CallStatus) -> [UInt8] {
        guard value.count == PushRegistration.signatureByteCount else {
            throw .invalidField(field, "must be \(PushRegistration.signatureByteCount) bytes.")
        }
        return Array(value)
    }

    /// A number that people get SMS on. What it costs and where it is is known only of numbers that a plan has
    /// (CONTROLS row 24).
    static func mobileNumber(_ value: String, _ field: String) throws(CallStatus) -> AddressCredential {
        let expected = "must be a mobile number in international form, such as +41 79 123 45 67."
        try required(value, field, maxBytes: 64)
        guard let number = PhoneNumbers.parse(value), number.isValid else { throw .invalidField(field, expected) }
        switch number.kind {
        case .mobile, .fixedLineOrMobile: break
        case .fixedLine, .premium, .tollFree, .sharedCost, .voip, .pager, .uan, .voicemail, .personal, .unknown:
            throw .invalidField(field, expected)
        }
        return AddressCredential(address: Address(kind: .phone, value: number.e164), country: number.country)
    }

    static func emailAddress(_ value: String, _ field: String) throws(CallStatus) -> String {
        try required(value, field, maxBytes: 254)
        let parts = value.split(separator: "@", omittingEmptySubsequences: false)
        // ASCII alone, and nothing that could end a header or an SMTP command (RFC 5321, section 4.1.2).
        guard parts.count == 2, (1...64).contains(parts[0].utf8.count), !parts[1].isEmpty,
            value.utf8.allSatisfy({ (0x21..<0x7f).contains($0) && !"<>()[]\\,;:\"".utf8.contains($0) })
        else { throw .invalidField(field, "must be an e-mail address.") }
        return value
    }

    /// A language tag, or empty.
    static func locale(_ value: String) throws(CallStatus) -> String {
        try text(value, "locale", maxBytes: 35)
        let isTag = value.utf8.allSatisfy { character in
            switch character {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard isTag else { throw .invalidField("locale", "must be a BCP 47 language tag.") }
        return value
    }

    /// How long to wait, ended before the call's deadline so that the answer still gets through.
    static func waitMilliseconds(
        _ value: Int64, before deadline: ContinuousClock.Instant?
    ) throws(CallStatus) -> Int64 {
        guard (0...60_000).contains(value) else { throw .invalidField("wait_ms", "must be 0 to 60000.") }
        guard let deadline else { return value }
        let left = ContinuousClock.now.duration(to: deadline) - .milliseconds(200)
        return max(0, min(value, Int64(left / .milliseconds(1))))
    }

    /// A proof; nil when none was given.
    static func proof(_ value: String) throws(CallStatus) -> VerificationID? {
        guard !value.isEmpty else { return nil }
        try text(value, "verification_id", maxBytes: 64)
        guard let id = VerificationID(text: value) else { throw StatusMapping.status(of: Refusal.proofStale) }
        return id
    }

    /// A place in the audit as an answer gave it.
    static func cursor(_ value: String, _ field: String) throws(CallStatus) -> EventCursor {
        guard let cursor = EventCursor(text: value) else {
            throw .invalidField(field, "is not a cursor of an answer.")
        }
        return cursor
    }

    static func pageSize(_ value: UInt32) throws(CallStatus) -> Int {
        guard value <= 500 else { throw .invalidField("page_size", "must be at most 500.") }
        return value == 0 ? 100 : Int(value)
    }
}
