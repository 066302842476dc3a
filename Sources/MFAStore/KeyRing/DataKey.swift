internal import Crypto

/// A key from which every subject's own key is derived.
struct DataKey: Sendable {
    /// Stands in front of everything sealed under the key.
    typealias ID = UInt32

    let id: ID
    let key: SymmetricKey
    /// The key's pads, hashed once instead of for each subject.
    private let keyed: HMAC<SHA256>

    init(id: ID, key: SymmetricKey) {
        self.id = id
        self.key = key
        keyed = HMAC(key: key)
    }

    /// HKDF-Expand with the subject's name as info, one block long: HMAC of the info and the block's number, 1 (RFC
    /// 5869, section 2.3). The data key is uniformly random, so expansion alone is enough (section 3.3).
    func subjectKey(_ name: [UInt8]) -> SymmetricKey {
        var block = keyed
        block.update(data: name)
        block.update(data: [1] as [UInt8])
        return SymmetricKey(data: block.finalize())
    }
}
