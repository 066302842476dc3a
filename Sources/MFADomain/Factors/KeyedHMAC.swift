internal import Crypto

/// HMAC (RFC 2104) under one key. The library's own takes messages of any shape and more than twice the time, which is
/// a twentieth of all that a verification costs; the hash is the library's.
struct KeyedHMAC<Hash: HashFunction>: Sendable {
    private let innerBlock: [UInt8]
    private let outerBlock: [UInt8]

    init(key: [UInt8]) {
        var key = key.count > Hash.blockByteCount ? Array(Hash.hash(data: key)) : key
        key += repeatElement(0, count: Hash.blockByteCount - key.count)
        innerBlock = key.map { $0 ^ 0x36 }
        outerBlock = key.map { $0 ^ 0x5c }
    }

    /// RFC 4226, section 5.2: a counter is hashed as 8 bytes, high-order byte first.
    func digest(_ counter: UInt64) -> Hash.Digest {
        withUnsafeBytes(of: counter.bigEndian) { digest($0) }
    }

    func digest(_ message: [UInt8]) -> Hash.Digest {
        message.withUnsafeBytes { digest($0) }
    }

    private func digest(_ message: UnsafeRawBufferPointer) -> Hash.Digest {
        var inner = Hash()
        innerBlock.withUnsafeBytes { inner.update(bufferPointer: $0) }
        inner.update(bufferPointer: message)
        var outer = Hash()
        outerBlock.withUnsafeBytes { outer.update(bufferPointer: $0) }
        inner.finalize().withUnsafeBytes { outer.update(bufferPointer: $0) }
        return outer.finalize()
    }
}
