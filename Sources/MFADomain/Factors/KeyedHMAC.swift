internal import Crypto

/// HMAC (RFC 2104) under one key. The library's own takes messages of any shape and more than twice the time, which is
/// a twentieth of all that a verification costs; the hash is the library's.
struct KeyedHMAC<Hash: HashFunction & Sendable>: Sendable {
    // Each has taken in its block of the key; a copy goes on from there.
    private let inner: Hash
    private let outer: Hash

    init(key: [UInt8]) {
        var key = key.count > Hash.blockByteCount ? Array(Hash.hash(data: key)) : key
        key += repeatElement(0, count: Hash.blockByteCount - key.count)
        (inner, outer) = (Self.hash(key, 0x36), Self.hash(key, 0x5c))
    }

    private static func hash(_ key: [UInt8], _ pad: UInt8) -> Hash {
        var hash = Hash()
        key.map { $0 ^ pad }.withUnsafeBytes { hash.update(bufferPointer: $0) }
        return hash
    }

    /// RFC 4226, section 5.2: a counter is hashed as 8 bytes, high-order byte first.
    func digest(_ counter: UInt64) -> Hash.Digest {
        withUnsafeBytes(of: counter.bigEndian) { digest($0) }
    }

    func digest(_ message: [UInt8]) -> Hash.Digest {
        message.withUnsafeBytes { digest($0) }
    }

    private func digest(_ message: UnsafeRawBufferPointer) -> Hash.Digest {
        var inner = inner
        inner.update(bufferPointer: message)
        var outer = outer
        inner.finalize().withUnsafeBytes { outer.update(bufferPointer: $0) }
        return outer.finalize()
    }
}
