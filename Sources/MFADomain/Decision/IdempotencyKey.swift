internal import Crypto

/// Ties a retry to its first try: the same caller, key and body.
public struct IdempotencyKey: Sendable, Hashable {
    /// What is kept of a key: enough to know it again, nothing to read from it.
    public struct Digests: Sendable, Hashable {
        /// 16 bytes of SHA-256 over caller and key.
        public let key: [UInt8]
        /// 8 bytes of SHA-256 over method and request: enough to notice a key that is used twice by mistake.
        public let body: [UInt8]

        public init(key: [UInt8], body: [UInt8]) {
            self.key = key
            self.body = body
        }
    }

    public let digests: Digests
    /// Seals the codes of a remembered answer: the half of the key's SHA-256 that is not kept, so that whoever reads a
    /// state cannot read them.
    let sealingKey: [UInt8]

    public init(caller: String, key: String, method: String, body: [UInt8]) {
        let keyDigest = Self.digest(caller, Array(key.utf8))
        digests = Digests(key: Array(keyDigest.prefix(16)), body: Array(Self.digest(method, body).prefix(8)))
        sealingKey = Array(keyDigest.suffix(16))
    }

    private static func digest(_ first: String, _ second: [UInt8]) -> [UInt8] {
        var hash = SHA256()
        hash.update(data: Array(first.utf8) + [0])
        hash.update(data: second)
        return Array(hash.finalize())
    }
}
