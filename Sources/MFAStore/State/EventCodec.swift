public import MFADomain
internal import ProtobufFields

/// An audit event as bytes and back. Events hold nothing that must be sealed. When it happened is kept beside it.
public enum EventCodec {
    public static func encode(_ event: AuditEvent) -> [UInt8] {
        var fields = FieldWriter(capacity: 64)
        fields.raw(1, event.kind)
        fields.string(2, event.caller)
        fields.string(3, event.requestID)
        fields.id(4, event.factorID)
        fields.raw(5, event.factorKind)
        fields.raw(6, event.verdict)
        fields.bool(7, event.factorLocked)
        fields.integer(8, event.backupCodesLeft.map { Int64($0) + 1 } ?? 0)
        return fields.bytes
    }

    public static func decode(_ bytes: [UInt8], at: Timestamp) throws(StoreError) -> AuditEvent {
        do {
            return try decode(bytes.span, at: at)
        } catch {
            throw .corrupt("an event does not decode")
        }
    }

    private static func decode(_ bytes: Span<UInt8>, at: Timestamp) throws(FieldError) -> AuditEvent {
        var kind: AuditEvent.Kind?
        var (caller, requestID) = ("", "")
        var factorID: FactorID?
        var factorKind: FactorKind?
        var verdict: Verdict?
        var factorLocked = false
        var backupCodesLeftPlusOne: Int64 = 0
        var cursor = FieldCursor(bytes)
        while let tag = try cursor.nextTag(bytes) {
            switch (tag.number, tag.type) {
            case (1, .varint): kind = try cursor.raw(bytes)
            case (2, .lengthDelimited): caller = try cursor.string(bytes)
            case (3, .lengthDelimited): requestID = try cursor.string(bytes)
            case (4, .lengthDelimited): factorID = try cursor.id(bytes)
            case (5, .varint): factorKind = try cursor.raw(bytes)
            case (6, .varint): verdict = try cursor.raw(bytes)
            case (7, .varint): factorLocked = try cursor.integer(bytes) != 0
            case (8, .varint): backupCodesLeftPlusOne = try cursor.integer(bytes)
            default: try cursor.skip(tag.type, bytes)
            }
        }
        guard let kind else { throw FieldError() }
        return AuditEvent(
            kind: kind, at: at, caller: caller, requestID: requestID, factorID: factorID, factorKind: factorKind,
            verdict: verdict, factorLocked: factorLocked,
            backupCodesLeft: backupCodesLeftPlusOne > 0 ? Int(backupCodesLeftPlusOne) - 1 : nil)
    }
}
