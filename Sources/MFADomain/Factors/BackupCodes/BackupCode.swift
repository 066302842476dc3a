/// A look-up secret: groups of four characters from an alphabet of 32, five random bits each.
struct BackupCode: Sendable, Hashable {
    /// Digits and capitals without I, L, O and U, which people misread.
    static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
    static let groupLength = 4

    /// Capitals and digits without separators.
    let canonical: [UInt8]

    init(groups: Int, entropy: inout some Entropy) {
        canonical = entropy.bytes(groups * Self.groupLength).map { Self.alphabet[Int($0 & 31)] }
    }

    /// Reads what a person typed: case, spaces and hyphens do not matter. Nil unless 12 or 16 characters of the
    /// alphabet remain.
    init?(typed: String) {
        var characters: [UInt8] = []
        for character in typed.utf8 {
            switch character {
            case UInt8(ascii: " "), UInt8(ascii: "-"):
                continue
            case UInt8(ascii: "a")...UInt8(ascii: "z"):
                characters.append(character - 32)
            default:
                characters.append(character)
            }
        }
        guard characters.count == 12 || characters.count == 16,
            characters.allSatisfy({ Self.alphabet.contains($0) })
        else { return nil }
        canonical = characters
    }

    /// As shown to people: groups joined by hyphens.
    var text: String {
        stride(from: 0, to: canonical.count, by: Self.groupLength)
            .map { String(decoding: canonical[$0..<min($0 + Self.groupLength, canonical.count)], as: UTF8.self) }
            .joined(separator: "-")
    }
}
