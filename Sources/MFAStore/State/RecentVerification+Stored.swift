internal import MFADomain
internal import ProtobufFields

extension RecentVerification {
    func store(in fields: inout FieldWriter) {
        fields.id(1, id)
        fields.id(2, factorID)
        fields.integer(3, at.milliseconds)
        fields.raw(4, level)
        fields.array(5, actionDigest)
        fields.bool(6, isRedeemed)
    }

    init(stored bytes: Span<UInt8>) throws(FieldError) {
        var id: VerificationID?
        var factorID: FactorID?
        var at: Int64 = 0
        var level: Assurance.Level?
        var actionDigest: [UInt8] = []
        var isRedeemed = false
        var cursor = FieldCursor(bytes)
        while let tag = try cursor.nextTag(bytes) {
            switch (tag.number, tag.type) {
            case (1, .lengthDelimited): id = try cursor.id(bytes)
            case (2, .lengthDelimited): factorID = try cursor.id(bytes)
            case (3, .varint): at = try cursor.integer(bytes)
            case (4, .varint): level = try cursor.raw(bytes)
            case (5, .lengthDelimited): actionDigest = try cursor.array(bytes)
            case (6, .varint): isRedeemed = try cursor.integer(bytes) != 0
            default: try cursor.skip(tag.type, bytes)
            }
        }
        guard let id, let factorID else { throw FieldError() }
        self.init(
            id: id, factorID: factorID, at: Timestamp(milliseconds: at), level: level, actionDigest: actionDigest,
            isRedeemed: isRedeemed)
    }
}
