internal import MFADomain
internal import MFAService

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
        guard value.utf8.count <= 64 else { throw .invalidField("code", "must be at most 64 bytes.") }
        return value
    }

    static func factorID(_ value: String) throws(CallStatus) -> FactorID {
        try required(value, "factor_id", maxBytes: 64)
        // What is no id names no factor: the answer is that of an unknown one (CONTROLS row 98).
        guard let id = FactorID(text: value) else { throw StatusMapping.status(of: Refusal.factorNotFound) }
        return id
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
