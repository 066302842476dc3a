internal import MFADomain
internal import ProtobufFields

extension IdempotencyRecord {
    func store(in fields: inout FieldWriter) {
        fields.array(1, key.key)
        fields.array(2, key.body)
        fields.integer(3, at.milliseconds)
        fields.id(4, answer.factorID)
        fields.id(5, answer.verificationID)
        fields.raw(6, answer.verdict)
        fields.integer(7, Int64(answer.attemptsLeft))
        fields.integer(8, answer.retryAfterMilliseconds)
        fields.integer(9, Int64(answer.backupCodesLeft))
        fields.array(10, sealedCodes)
        fields.bool(11, answer.isSecret)
        fields.raw(12, answer.factorKind)
        fields.id(13, answer.challengeID)
        fields.raw(14, answer.limit)
        fields.integer(15, Int64(answer.sendsLeft))
        fields.integer(16, answer.resendAfterMilliseconds)
        if let evaluation = answer.evaluation { fields.message(17) { evaluation.store(in: &$0) } }
        fields.id(18, answer.trustedDeviceID)
        fields.integer(19, Int64(answer.count))
        fields.id(20, answer.recoveryID)
        fields.string(21, answer.sentTo)
    }

    init(stored bytes: Span<UInt8>) throws(FieldError) {
        var (key, body, sealedCodes): ([UInt8], [UInt8], [UInt8]) = ([], [], [])
        var at: Int64 = 0
        var answer = RememberedAnswer()
        var cursor = FieldCursor(bytes)
        while let tag = try cursor.nextTag(bytes) {
            switch (tag.number, tag.type) {
            case (1, .lengthDelimited): key = try cursor.array(bytes)
            case (2, .lengthDelimited): body = try cursor.array(bytes)
            case (3, .varint): at = try cursor.integer(bytes)
            case (4, .lengthDelimited): answer.factorID = try cursor.id(bytes)
            case (5, .lengthDelimited): answer.verificationID = try cursor.id(bytes)
            case (6, .varint): answer.verdict = try cursor.raw(bytes)
            case (7, .varint): answer.attemptsLeft = Int(try cursor.integer(bytes))
            case (8, .varint): answer.retryAfterMilliseconds = try cursor.integer(bytes)
            case (9, .varint): answer.backupCodesLeft = Int(try cursor.integer(bytes))
            case (10, .lengthDelimited): sealedCodes = try cursor.array(bytes)
            case (11, .varint): answer.isSecret = try cursor.integer(bytes) != 0
            case (12, .varint): answer.factorKind = try cursor.raw(bytes)
            case (13, .lengthDelimited): answer.challengeID = try cursor.id(bytes)
            case (14, .varint): answer.limit = try cursor.raw(bytes)
            case (15, .varint): answer.sendsLeft = Int(try cursor.integer(bytes))
            case (16, .varint): answer.resendAfterMilliseconds = try cursor.integer(bytes)
            case (17, .lengthDelimited):
                answer.evaluation = try Evaluation(stored: bytes.extracting(try cursor.content(bytes)))
            case (18, .lengthDelimited): answer.trustedDeviceID = try cursor.id(bytes)
            case (19, .varint): answer.count = Int(try cursor.integer(bytes))
            case (20, .lengthDelimited): answer.recoveryID = try cursor.id(bytes)
            case (21, .lengthDelimited): answer.sentTo = try cursor.string(bytes)
            default: try cursor.skip(tag.type, bytes)
            }
        }
        guard !key.isEmpty, !body.isEmpty else { throw FieldError() }
        self.init(
            key: .init(key: key, body: body), at: Timestamp(milliseconds: at), answer: answer, sealedCodes: sealedCodes)
    }
}
