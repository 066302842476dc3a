internal import Crypto

/// HMAC (RFC 2104) of a counter. The library's own takes messages of any shape and more than twice the time, which is
/// a twentieth of all that a verification costs; the hash is the library's.
struct CounterHMAC<Hash: HashFunction> {
    private let innerBlock: [UInt8]
    private let outerBlock: [UInt8]

    init(secret: [UInt8]) {
        var key = secret.count > Hash.blockByteCount ? Array(Hash.hash(data: secret)) : secret
        key += repeatElement(0, count: Hash.blockByteCount - key.count)
        innerBlock = key.map { $0 ^ 0x36 }
        outerBlock = key.map { $0 ^ 0x5c }
    }

    /// RFC 4226, section 5.2: the counter is hashed as 8 bytes, high-order byte first.
    func digest(_ counter: UInt64) -> Hash.Digest {
        var inner = Hash()
        innerBlock.withUnsafeBytes { inner.update(bufferPointer: $0) }
        withUnsafeBytes(of: counter.bigEndian) { inner.update(bufferPointer: $0) }
        var outer = Hash()
        outerBlock.withUnsafeBytes { outer.update(bufferPointer: $0) }
        inner.finalize().withUnsafeBytes { outer.update(bufferPointer: $0) }
        return outer.finalize()
    }
}
