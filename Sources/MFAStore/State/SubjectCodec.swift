public import MFADomain
internal import SwiftProtobuf

/// One subject's state as sealed bytes and back.
public struct SubjectCodec {
    private let seal: Seal

    public init(keyRing: KeyRing, of key: SubjectKey) {
        seal = Seal(keyRing, of: key)
    }

    public func encode(_ state: SubjectState, version: Int64) throws(StoreError) -> [UInt8] {
        guard let plain: [UInt8] = try? StoredSubject(state).serializedBytes() else {
            throw .corrupt("a state could not be encoded")
        }
        return try seal.seal(plain, version: version)
    }

    public func decode(_ record: [UInt8], version: Int64) throws(StoreError) -> SubjectState {
        let plain = try seal.open(record, version: version)
        guard let stored = try? StoredSubject(serializedBytes: plain), let state = SubjectState(stored) else {
            throw .corrupt("a record does not decode")
        }
        return state
    }
}
