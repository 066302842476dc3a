internal import MFADomain
internal import ProtobufFields

extension TrustedDevice {
    func store(in fields: inout FieldWriter) {
        fields.id(1, id)
        fields.string(2, name)
        fields.id(3, factorID)
        fields.integer(4, createdAt.milliseconds)
        fields.integer(5, expiresAt.milliseconds)
        fields.array(6, agent)
        fields.integer(7, lastUsedAt.milliseconds)
        fields.integer(8, Int64(generation))
    }

    init(stored bytes: Span<UInt8>) throws(FieldError) {
        var id: TrustedDeviceID?
        var name = ""
        var factorID: FactorID?
        var (createdAt, expiresAt, lastUsedAt, generation): (Int64, Int64, Int64, Int64) = (0, 0, 0, 0)
        var agent: [UInt8] = []
        var cursor = FieldCursor(bytes)
        while let tag = try cursor.nextTag(bytes) {
            switch (tag.number, tag.type) {
            case (1, .lengthDelimited): id = try cursor.id(bytes)
            case (2, .lengthDelimited): name = try cursor.string(bytes)
            case (3, .lengthDelimited): factorID = try cursor.id(bytes)
            case (4, .varint): createdAt = try cursor.integer(bytes)
            case (5, .varint): expiresAt = try cursor.integer(bytes)
            case (6, .lengthDelimited): agent = try cursor.array(bytes)
            case (7, .varint): lastUsedAt = try cursor.integer(bytes)
            case (8, .varint): generation = try cursor.integer(bytes)
            default: try cursor.skip(tag.type, bytes)
            }
        }
        guard let id, let factorID else { throw FieldError() }
        self.init(
            id: id, name: name, factorID: factorID, createdAt: Timestamp(milliseconds: createdAt),
            expiresAt: Timestamp(milliseconds: expiresAt), agent: agent,
            lastUsedAt: Timestamp(milliseconds: lastUsedAt), generation: Int(generation))
    }
}

extension SeenSignal {
    func store(in fields: inout FieldWriter) {
        fields.raw(1, kind)
        fields.array(2, digest)
        fields.integer(3, lastSeenAt.milliseconds)
    }

    init(stored bytes: Span<UInt8>) throws(FieldError) {
        var kind: Kind?
        var digest: [UInt8] = []
        var lastSeenAt: Int64 = 0
        var cursor = FieldCursor(bytes)
        while let tag = try cursor.nextTag(bytes) {
            switch (tag.number, tag.type) {
            case (1, .varint): kind = try cursor.raw(bytes)
            case (2, .lengthDelimited): digest = try cursor.array(bytes)
            case (3, .varint): lastSeenAt = try cursor.integer(bytes)
            default: try cursor.skip(tag.type, bytes)
            }
        }
        guard let kind else { throw FieldError() }
        self.init(kind: kind, digest: digest, lastSeenAt: Timestamp(milliseconds: lastSeenAt))
    }
}
