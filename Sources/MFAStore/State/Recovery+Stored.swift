internal import MFADomain
internal import ProtobufFields

extension Recovery {
    func store(in fields: inout FieldWriter) {
        fields.id(1, id)
        fields.raw(2, storedState)
        fields.integer(3, startedAt.milliseconds)
        fields.integer(4, endsAt.milliseconds)
        fields.string(5, startedBy)
        fields.string(6, reason)
        fields.string(7, evidence)
        fields.array(8, vetoDigest)
        for place in told { fields.element(9, place) }
        fields.string(10, approval?.by ?? "")
        fields.moment(11, approval?.at)
        fields.moment(12, code?.usableFrom)
        fields.moment(13, code?.expiresAt)
        fields.array(14, code?.digest ?? [])
        fields.id(15, code?.messageID)
        fields.integer(16, Int64(failures))
        fields.id(17, redemption?.proof)
        fields.moment(18, redemption?.at)
        fields.id(19, factorID)
        fields.raw(20, cancellation)
        fields.moment(21, endedAt)
        fields.moment(22, code?.madeAt)
    }

    init(stored bytes: Span<UInt8>) throws(FieldError) {
        var id: RecoveryID?
        var state: State?
        var (startedAt, endsAt, failures): (Int64, Int64, Int64) = (0, 0, 0)
        var (startedBy, reason, evidence, approvedBy) = ("", "", "", "")
        var (vetoDigest, codeDigest): ([UInt8], [UInt8]) = ([], [])
        var told: [String] = []
        var (approvedAt, usableFrom, expiresAt): (Timestamp?, Timestamp?, Timestamp?)
        var (redeemedAt, endedAt, codeMadeAt): (Timestamp?, Timestamp?, Timestamp?)
        var messageID: MessageID?
        var proof: VerificationID?
        var factorID: FactorID?
        var cancellation: Cancellation?
        var cursor = FieldCursor(bytes)
        while let tag = try cursor.nextTag(bytes) {
            switch (tag.number, tag.type) {
            case (1, .lengthDelimited): id = try cursor.id(bytes)
            case (2, .varint): state = try cursor.raw(bytes)
            case (3, .varint): startedAt = try cursor.integer(bytes)
            case (4, .varint): endsAt = try cursor.integer(bytes)
            case (5, .lengthDelimited): startedBy = try cursor.string(bytes)
            case (6, .lengthDelimited): reason = try cursor.string(bytes)
            case (7, .lengthDelimited): evidence = try cursor.string(bytes)
            case (8, .lengthDelimited): vetoDigest = try cursor.array(bytes)
            case (9, .lengthDelimited): told.append(try cursor.string(bytes))
            case (10, .lengthDelimited): approvedBy = try cursor.string(bytes)
            case (11, .varint): approvedAt = try cursor.moment(bytes)
            case (12, .varint): usableFrom = try cursor.moment(bytes)
            case (13, .varint): expiresAt = try cursor.moment(bytes)
            case (14, .lengthDelimited): codeDigest = try cursor.array(bytes)
            case (15, .lengthDelimited): messageID = try cursor.id(bytes)
            case (16, .varint): failures = try cursor.integer(bytes)
            case (17, .lengthDelimited): proof = try cursor.id(bytes)
            case (18, .varint): redeemedAt = try cursor.moment(bytes)
            case (19, .lengthDelimited): factorID = try cursor.id(bytes)
            case (20, .varint): cancellation = try cursor.raw(bytes)
            case (21, .varint): endedAt = try cursor.moment(bytes)
            case (22, .varint): codeMadeAt = try cursor.moment(bytes)
            default: try cursor.skip(tag.type, bytes)
            }
        }
        guard let id, let state else { throw FieldError() }
        var code: Code?
        if let codeMadeAt, let usableFrom, let expiresAt {
            code = Code(
                digest: codeDigest, madeAt: codeMadeAt, usableFrom: usableFrom, expiresAt: expiresAt,
                messageID: messageID)
        }
        var redemption: Redemption?
        if let proof, let redeemedAt { redemption = Redemption(proof: proof, at: redeemedAt) }
        self.init(
            id: id, startedAt: Timestamp(milliseconds: startedAt), endsAt: Timestamp(milliseconds: endsAt),
            startedBy: startedBy, reason: reason, evidence: evidence, vetoDigest: vetoDigest, told: told, state: state,
            approval: approvedAt.map { Approval(by: approvedBy, at: $0) }, code: code, failures: Int(failures),
            redemption: redemption, factorID: factorID, cancellation: cancellation, endedAt: endedAt)
    }
}

extension RecoveryAct {
    func store(in fields: inout FieldWriter) {
        fields.id(1, recoveryID)
        fields.raw(2, state)
        fields.raw(3, cancellation)
        fields.string(4, operatorName)
        fields.string(5, reason)
        fields.string(6, evidence)
    }

    init(stored bytes: Span<UInt8>) throws(FieldError) {
        self.init(recoveryID: nil, state: nil)
        var cursor = FieldCursor(bytes)
        while let tag = try cursor.nextTag(bytes) {
            switch (tag.number, tag.type) {
            case (1, .lengthDelimited): recoveryID = try cursor.id(bytes)
            case (2, .varint): state = try cursor.raw(bytes)
            case (3, .varint): cancellation = try cursor.raw(bytes)
            case (4, .lengthDelimited): operatorName = try cursor.string(bytes)
            case (5, .lengthDelimited): reason = try cursor.string(bytes)
            case (6, .lengthDelimited): evidence = try cursor.string(bytes)
            default: try cursor.skip(tag.type, bytes)
            }
        }
    }
}
