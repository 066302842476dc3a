public import MFADomain
internal import SwiftProtobuf

/// A subject's state as sealed bytes and back.
public struct SubjectCodec: Sendable {
    private let seal: Seal

    public init(keyRing: KeyRing) {
        seal = Seal(keyRing: keyRing)
    }

    public func encode(_ state: SubjectState, of key: SubjectKey, version: Int64) throws(StoreError) -> [UInt8] {
        guard let plain: [UInt8] = try? StoredSubject(state).serializedBytes() else {
            throw .corrupt("a state could not be encoded")
        }
        return try seal.seal(plain, of: key, version: version)
    }

    public func decode(_ record: [UInt8], of key: SubjectKey, version: Int64) throws(StoreError) -> SubjectState {
        let plain = try seal.open(record, of: key, version: version)
        guard let stored = try? StoredSubject(serializedBytes: plain), let state = SubjectState(stored) else {
            throw .corrupt("a record does not decode")
        }
        return state
    }
}
