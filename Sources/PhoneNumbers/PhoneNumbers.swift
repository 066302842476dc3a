internal import CPhoneNumber

/// Reads telephone numbers by the numbering plans of libphonenumber.
public enum PhoneNumbers {
    private static let allowedByteCount = 64
    /// E.164, section 6.2.1: at most 15 digits.
    private static let allowedDigitCount = 1...15

    /// Reads a number in international form: "+", ASCII digits, and between them the separators people write, which
    /// are space, hyphen, full stop and parentheses. Nothing else has one meaning only: an extension, a letter, another
    /// script's digit, a national form or a code that begins with 0 is refused here, before libphonenumber, which
    /// reads most of them, sees it (CONTROLS row 24).
    ///
    /// The first call loads the plans. Any thread may call.
    ///
    /// - Parameter text: At most 64 bytes.
    /// - Returns: Nil for anything that is not a number in international form. A number that no plan knows may still
    ///   be returned; it is then not valid.
    public static func parse(_ text: String) -> PhoneNumber? {
        guard let canonical = canonical(text) else { return nil }
        var found = cphonenumber()
        let isNumber = canonical.withUnsafeBytes { bytes in
            cphonenumber_parse(bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count, &found)
        }
        guard isNumber else { return nil }
        return PhoneNumber(
            e164: string(found.e164), country: string(found.country), callingCode: Int(found.calling_code),
            kind: PhoneNumber.Kind(found.kind), isValid: found.is_valid)
    }

    /// "+" and digits: `text` without its separators.
    private static func canonical(_ text: String) -> [UInt8]? {
        var bytes = text.utf8[...]
        guard bytes.count <= allowedByteCount, bytes.popFirst() == UInt8(ascii: "+") else { return nil }
        var canonical = [UInt8(ascii: "+")]
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                canonical.append(byte)
            case UInt8(ascii: " "), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "("), UInt8(ascii: ")"):
                continue
            default:
                return nil
            }
        }
        guard allowedDigitCount.contains(canonical.count - 1), canonical[1] != UInt8(ascii: "0") else { return nil }
        return canonical
    }

    /// The text of a C array up to its NUL.
    private static func string<Characters>(_ characters: Characters) -> String {
        withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}

extension PhoneNumber.Kind {
    fileprivate init(_ kind: cphonenumber_kind) {
        switch kind {
        case cphonenumber_mobile: self = .mobile
        case cphonenumber_fixed_line_or_mobile: self = .fixedLineOrMobile
        case cphonenumber_fixed_line: self = .fixedLine
        case cphonenumber_premium: self = .premium
        case cphonenumber_toll_free: self = .tollFree
        case cphonenumber_shared_cost: self = .sharedCost
        case cphonenumber_voip: self = .voip
        case cphonenumber_pager: self = .pager
        case cphonenumber_uan: self = .uan
        case cphonenumber_voicemail: self = .voicemail
        case cphonenumber_personal: self = .personal
        default: self = .unknown
        }
    }
}
