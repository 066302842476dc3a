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
        fields.id(9, event.challengeID)
        fields.raw(10, event.limit)
        fields.bool(11, event.moneyAlarm)
        if let delivery = event.delivery { fields.message(12) { delivery.store(in: &$0) } }
        if let evaluation = event.evaluation { fields.message(13) { evaluation.store(in: &$0) } }
        if let recovery = event.recovery { fields.message(14) { recovery.store(in: &$0) } }
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
        var challengeID: ChallengeID?
        var limit: SendLimit?
        var moneyAlarm = false
        var delivery: DeliveryAttempt?
        var evaluation: EvaluationRecord?
        var recovery: RecoveryAct?
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
            case (9, .lengthDelimited): challengeID = try cursor.id(bytes)
            case (10, .varint): limit = try cursor.raw(bytes)
            case (11, .varint): moneyAlarm = try cursor.integer(bytes) != 0
            case (12, .lengthDelimited):
                delivery = try DeliveryAttempt(stored: bytes.extracting(try cursor.content(bytes)))
            case (13, .lengthDelimited):
                evaluation = try EvaluationRecord(stored: bytes.extracting(try cursor.content(bytes)))
            case (14, .lengthDelimited): recovery = try RecoveryAct(stored: bytes.extracting(try cursor.content(bytes)))
            default: try cursor.skip(tag.type, bytes)
            }
        }
        guard let kind else { throw FieldError() }
        return AuditEvent(
            kind: kind, at: at, caller: caller, requestID: requestID, factorID: factorID, factorKind: factorKind,
            verdict: verdict, factorLocked: factorLocked,
            backupCodesLeft: backupCodesLeftPlusOne > 0 ? Int(backupCodesLeftPlusOne) - 1 : nil,
            challengeID: challengeID, limit: limit, moneyAlarm: moneyAlarm, delivery: delivery,
            evaluation: evaluation, recovery: recovery)
    }
}

extension DeliveryAttempt {
    fileprivate func store(in fields: inout FieldWriter) {
        fields.raw(1, state)
        fields.string(2, provider)
        fields.string(3, providerMessageID)
        fields.integer(4, costMicros)
        fields.integer(5, Int64(number))
        fields.string(6, reason)
    }

    fileprivate init(stored bytes: Span<UInt8>) throws(FieldError) {
        var state: DeliveryState?
        var (provider, providerMessageID, reason) = ("", "", "")
        var (costMicros, number): (Int64, Int64) = (0, 0)
        var cursor = FieldCursor(bytes)
        while let tag = try cursor.nextTag(bytes) {
            switch (tag.number, tag.type) {
            case (1, .varint): state = try cursor.raw(bytes)
            case (2, .lengthDelimited): provider = try cursor.string(bytes)
            case (3, .lengthDelimited): providerMessageID = try cursor.string(bytes)
            case (4, .varint): costMicros = try cursor.integer(bytes)
            case (5, .varint): number = try cursor.integer(bytes)
            case (6, .lengthDelimited): reason = try cursor.string(bytes)
            default: try cursor.skip(tag.type, bytes)
            }
        }
        guard let state else { throw FieldError() }
        self.init(
            state: state, provider: provider, providerMessageID: providerMessageID, costMicros: costMicros,
            number: Int(number), reason: reason)
    }
}
