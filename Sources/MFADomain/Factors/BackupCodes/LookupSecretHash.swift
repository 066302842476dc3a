internal import Crypto

/// Hashes look-up secrets under the key ring's static key, so that a stolen database yields no code to guess at. No
/// slow hash is needed: without the key there is nothing to compute (CONTROLS row 36).
public struct LookupSecretHash: Sendable {
    private let key: SymmetricKey

    /// - Parameter key: 32 bytes that never rotate.
    public init(key: [UInt8]) {
        self.key = SymmetricKey(data: key)
    }

    /// Half of an HMAC-SHA-256, bound to the factor the code belongs to: 128 bits are more than a code has.
    func digest(_ code: BackupCode, of factorID: FactorID) -> [UInt8] {
        digest(code.canonical, of: factorID)
    }

    /// The same of a hash that another system made of a code: what it kept without a key is kept here under one.
    func digest(foreign hash: [UInt8], of factorID: FactorID) -> [UInt8] {
        // No code of ours is as long as a hash, so neither can stand for the other.
        digest(hash, of: factorID)
    }

    /// Of what is remembered of a person and must not be read from the state.
    func digest(_ purpose: String, _ text: String, of pseudonym: Pseudonym) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: message(purpose, text, pseudonym), using: key))
    }

    /// The beginning of it, for what is only looked for among a few of one person's.
    func shortDigest(_ purpose: String, _ text: String, of pseudonym: Pseudonym) -> [UInt8] {
        Array(digest(purpose, text, of: pseudonym).prefix(SeenSignal.digestByteCount))
    }

    /// Compares in constant time.
    func isDigest(_ bytes: [UInt8], of purpose: String, _ text: String, of pseudonym: Pseudonym) -> Bool {
        HMAC<SHA256>.isValidAuthenticationCode(
            bytes, authenticating: message(purpose, text, pseudonym), using: key)
    }

    private func message(_ purpose: String, _ text: String, _ pseudonym: Pseudonym) -> [UInt8] {
        // No purpose holds a zero, and a pseudonym is always as long.
        Array(purpose.utf8) + [0] + pseudonym.bytes + Array(text.utf8)
    }

    private func digest(_ bytes: [UInt8], of factorID: FactorID) -> [UInt8] {
        Array(
            HMAC<SHA256>.authenticationCode(for: factorID.bytes + bytes, using: key)
                .prefix(BackupCodeSet.digestByteCount))
    }
}
