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
        Array(
            HMAC<SHA256>.authenticationCode(for: factorID.bytes + code.canonical, using: key)
                .prefix(BackupCodeSet.digestByteCount))
    }
}
