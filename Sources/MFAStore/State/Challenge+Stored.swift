internal import MFADomain
internal import ProtobufFields

extension Challenge {
    func store(in fields: inout FieldWriter) {
        fields.id(1, id)
        fields.id(2, factorID)
        fields.raw(3, kind)
        fields.string(4, caller)
        fields.integer(5, createdAt.milliseconds)
        fields.integer(6, expiresAt.milliseconds)
        fields.string(7, code)
        fields.integer(8, Int64(failures))
        fields.raw(9, storedState)
        fields.raw(10, denialReason)
        fields.raw(11, deliveryState)
        fields.id(12, messageID)
        fields.bool(13, isVerified)
        fields.string(14, display.appName)
        fields.string(15, display.action)
        fields.string(16, display.context)
        fields.string(17, display.location)
    }

    init(stored bytes: Span<UInt8>) throws(FieldError) {
        var id: ChallengeID?
        var factorID: FactorID?
        var kind: FactorKind?
        var (caller, code) = ("", "")
        var (createdAt, expiresAt, failures): (Int64, Int64, Int64) = (0, 0, 0)
        var state: State?
        var denialReason: DenialReason?
        var deliveryState: DeliveryState?
        var messageID: MessageID?
        var isVerified = false
        var display = Display()
        var cursor = FieldCursor(bytes)
        while let tag = try cursor.nextTag(bytes) {
            switch (tag.number, tag.type) {
            case (1, .lengthDelimited): id = try cursor.id(bytes)
            case (2, .lengthDelimited): factorID = try cursor.id(bytes)
            case (3, .varint): kind = try cursor.raw(bytes)
            case (4, .lengthDelimited): caller = try cursor.string(bytes)
            case (5, .varint): createdAt = try cursor.integer(bytes)
            case (6, .varint): expiresAt = try cursor.integer(bytes)
            case (7, .lengthDelimited): code = try cursor.string(bytes)
            case (8, .varint): failures = try cursor.integer(bytes)
            case (9, .varint): state = try cursor.raw(bytes)
            case (10, .varint): denialReason = try cursor.raw(bytes)
            case (11, .varint): deliveryState = try cursor.raw(bytes)
            case (12, .lengthDelimited): messageID = try cursor.id(bytes)
            case (13, .varint): isVerified = try cursor.integer(bytes) != 0
            case (14, .lengthDelimited): display.appName = try cursor.string(bytes)
            case (15, .lengthDelimited): display.action = try cursor.string(bytes)
            case (16, .lengthDelimited): display.context = try cursor.string(bytes)
            case (17, .lengthDelimited): display.location = try cursor.string(bytes)
            default: try cursor.skip(tag.type, bytes)
            }
        }
        guard let id, let factorID, let kind, let state else { throw FieldError() }
        self.init(
            id: id, factorID: factorID, kind: kind, caller: caller, createdAt: Timestamp(milliseconds: createdAt),
            expiresAt: Timestamp(milliseconds: expiresAt), code: code, failures: Int(failures), state: state,
            denialReason: denialReason, deliveryState: deliveryState, messageID: messageID, isVerified: isVerified,
            display: display)
    }
}
