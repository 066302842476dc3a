internal import Crypto

/// Codes that a retry must be able to see once more, sealed by AES-128-GCM under the caller's idempotency key.
enum SealedCodes {
    static func seal(_ codes: [String], under key: IdempotencyKey, entropy: inout some Entropy) -> [UInt8] {
        guard !codes.isEmpty else { return [] }
        let plain = Array(codes.joined(separator: "\n").utf8)
        // Neither fails: the nonce has 12 bytes, the key 16. Codes that were not kept cannot be repeated, no more.
        guard let nonce = try? AES.GCM.Nonce(data: entropy.bytes(12)),
            let box = try? AES.GCM.seal(plain, using: SymmetricKey(data: key.sealingKey), nonce: nonce),
            let combined = box.combined
        else { return [] }
        return Array(combined)
    }

    /// Nil when there is nothing to open, or not under this key.
    static func reveal(_ sealed: [UInt8], under key: IdempotencyKey) -> [String]? {
        guard let box = try? AES.GCM.SealedBox(combined: sealed),
            let plain = try? AES.GCM.open(box, using: SymmetricKey(data: key.sealingKey))
        else { return nil }
        return String(decoding: plain, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
