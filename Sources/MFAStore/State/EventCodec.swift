public import MFADomain
internal import SwiftProtobuf

/// An audit event as bytes and back. Events hold nothing that must be sealed.
public enum EventCodec {
    public static func encode(_ event: AuditEvent) throws(StoreError) -> [UInt8] {
        var stored = StoredEvent()
        stored.kind = Int32(event.kind.rawValue)
        stored.caller = event.caller
        stored.requestID = event.requestID
        stored.factorID = event.factorID.data
        stored.factorKind = Int32(event.factorKind?.rawValue ?? 0)
        stored.verdict = Int32(event.verdict?.rawValue ?? 0)
        stored.factorLocked = event.factorLocked
        stored.backupCodesLeftPlusOne = Int32(clamping: event.backupCodesLeft.map { $0 + 1 } ?? 0)
        guard let bytes: [UInt8] = try? stored.serializedBytes() else {
            throw .corrupt("an event could not be encoded")
        }
        return bytes
    }

    public static func decode(_ bytes: [UInt8], at: Timestamp) throws(StoreError) -> AuditEvent {
        guard let stored = try? StoredEvent(serializedBytes: bytes),
            let kind = AuditEvent.Kind(rawValue: Int(stored.kind))
        else { throw .corrupt("an event does not decode") }
        return AuditEvent(
            kind: kind, at: at, caller: stored.caller, requestID: stored.requestID,
            factorID: FactorID(data: stored.factorID), factorKind: FactorKind(rawValue: Int(stored.factorKind)),
            verdict: Verdict(rawValue: Int(stored.verdict)), factorLocked: stored.factorLocked,
            backupCodesLeft: stored.backupCodesLeftPlusOne > 0 ? Int(stored.backupCodesLeftPlusOne) - 1 : nil)
    }
}
