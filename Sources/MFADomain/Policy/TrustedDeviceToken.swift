/// What a remembered device shows: "id.generation.code", where only this server can make the code. It is for one
/// subject and one use.
struct TrustedDeviceToken {
    let id: TrustedDeviceID
    let generation: Int
    private let code: [UInt8]

    static let maxBytes = 128
    private static let purpose = "trusted device"

    /// Nil for what has not the form of one.
    init?(text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard text.utf8.count <= Self.maxBytes, parts.count == 3, let id = TrustedDeviceID(text: String(parts[0])),
            let generation = Int(parts[1]), generation > 0, String(generation) == parts[1]
        else { return nil }
        // 32 bytes, as two ids are.
        let digits = String(parts[2])
        guard digits.utf8.count == 64, let high = TrustedDeviceID(text: String(digits.prefix(32))),
            let low = TrustedDeviceID(text: String(digits.suffix(32)))
        else { return nil }
        self.id = id
        self.generation = generation
        code = high.bytes + low.bytes
    }

    func isGenuine(for pseudonym: Pseudonym, _ lookupSecrets: LookupSecretHash) -> Bool {
        lookupSecrets.isDigest(code, of: Self.purpose, Self.text(id, generation), of: pseudonym)
    }

    static func make(_ device: TrustedDevice, for pseudonym: Pseudonym, _ lookupSecrets: LookupSecretHash) -> String {
        let text = text(device.id, device.generation)
        let code = lookupSecrets.digest(purpose, text, of: pseudonym)
        let halves = [code.prefix(16), code.suffix(16)].compactMap { TrustedDeviceID(bytes: Array($0))?.text }
        return "\(text).\(halves.joined())"
    }

    private static func text(_ id: TrustedDeviceID, _ generation: Int) -> String { "\(id.text).\(generation)" }
}
