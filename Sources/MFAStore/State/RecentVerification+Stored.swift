internal import MFADomain
internal import ProtobufFields

extension RecentVerification {
    func store(in fields: inout FieldWriter) {
        fields.id(1, id)
        fields.id(2, factorID)
        fields.integer(3, at.milliseconds)
    }

    init(stored bytes: Span<UInt8>) throws(FieldError) {
        var id: VerificationID?
        var factorID: FactorID?
        var at: Int64 = 0
        var cursor = FieldCursor(bytes)
        while let tag = try cursor.nextTag(bytes) {
            switch (tag.number, tag.type) {
            case (1, .lengthDelimited): id = try cursor.id(bytes)
            case (2, .lengthDelimited): factorID = try cursor.id(bytes)
            case (3, .varint): at = try cursor.integer(bytes)
            default: try cursor.skip(tag.type, bytes)
            }
        }
        guard let id, let factorID else { throw FieldError() }
        self.init(id: id, factorID: factorID, at: Timestamp(milliseconds: at))
    }
}
