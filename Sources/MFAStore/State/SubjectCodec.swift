public import MFADomain
internal import ProtobufFields

/// One subject's state as sealed bytes and back.
public struct SubjectCodec {
    private let seal: Seal

    public init(keyRing: KeyRing, of key: SubjectKey) {
        seal = Seal(keyRing, of: key)
    }

    public func encode(_ state: SubjectState, version: Int64) throws(StoreError) -> [UInt8] {
        var fields = FieldWriter(capacity: 512)
        state.store(in: &fields)
        return try seal.seal(fields.bytes, version: version)
    }

    public func decode(_ record: [UInt8], version: Int64) throws(StoreError) -> SubjectState {
        let plain = try seal.open(record, version: version)
        do {
            return try SubjectState(stored: plain.span)
        } catch {
            throw .corrupt("a record does not decode")
        }
    }
}
