internal import Crypto

/// Hashes look-up secrets under the key ring's static key, so that a stolen database yields no code to guess at. No
/// slow hash is needed: without the key there is nothing to compute (CONTROLS row 36).
public struct LookupSecretHash: Sendable {
    private let hmac: KeyedHMAC<SHA256>

    /// - Parameter key: 32 bytes that never rotate.
    public init(key: [UInt8]) {
        hmac = KeyedHMAC(key: key)
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
        Array(hmac.digest(message(purpose, text, pseudonym)))
    }

    /// The beginning of it, for what is only looked for among a few of one person's.
    func shortDigest(_ purpose: String, _ text: String, of pseudonym: Pseudonym) -> [UInt8] {
        Array(hmac.digest(message(purpose, text, pseudonym)).prefix(SeenSignal.digestByteCount))
    }

    /// Compares in constant time, as every comparison with a digest of the library does.
    func isDigest(_ bytes: [UInt8], of purpose: String, _ text: String, of pseudonym: Pseudonym) -> Bool {
        hmac.digest(message(purpose, text, pseudonym)) == bytes
    }

    private func message(_ purpose: String, _ text: String, _ pseudonym: Pseudonym) -> [UInt8] {
        // No purpose holds a zero, and a pseudonym is always as long.
        var message: [UInt8] = []
        message.reserveCapacity(purpose.utf8.count + text.utf8.count + 32)
        message += purpose.utf8
        message.append(0)
        message += pseudonym.bytes
        message += text.utf8
        return message
    }

    private func digest(_ bytes: [UInt8], of factorID: FactorID) -> [UInt8] {
        Array(hmac.digest(factorID.bytes + bytes).prefix(BackupCodeSet.digestByteCount))
    }
}
