internal import MFADomain
internal import ProtobufFields

extension Profile {
    func store(in fields: inout FieldWriter) {
        fields.raw(1, kind)
        for group in groups { fields.element(2, group) }
        fields.string(3, accountName)
        fields.string(4, locale)
        for address in addresses { fields.message(5) { address.store(in: &$0) } }
    }

    init(stored bytes: Span<UInt8>) throws(FieldError) {
        var kind: Kind?
        var profile = Profile()
        var cursor = FieldCursor(bytes)
        while let tag = try cursor.nextTag(bytes) {
            switch (tag.number, tag.type) {
            case (1, .varint): kind = try cursor.raw(bytes)
            case (2, .lengthDelimited): profile.groups.append(try cursor.string(bytes))
            case (3, .lengthDelimited): profile.accountName = try cursor.string(bytes)
            case (4, .lengthDelimited): profile.locale = try cursor.string(bytes)
            case (5, .lengthDelimited):
                profile.addresses.append(try Address(stored: bytes.extracting(try cursor.content(bytes))))
            default: try cursor.skip(tag.type, bytes)
            }
        }
        guard let kind else { throw FieldError() }
        profile.kind = kind
        self = profile
    }
}

extension Address {
    func store(in fields: inout FieldWriter) {
        fields.raw(1, kind)
        fields.string(2, value)
    }

    init(stored bytes: Span<UInt8>) throws(FieldError) {
        var kind: Kind?
        var value = ""
        var cursor = FieldCursor(bytes)
        while let tag = try cursor.nextTag(bytes) {
            switch (tag.number, tag.type) {
            case (1, .varint): kind = try cursor.raw(bytes)
            case (2, .lengthDelimited): value = try cursor.string(bytes)
            default: try cursor.skip(tag.type, bytes)
            }
        }
        guard let kind else { throw FieldError() }
        self.init(kind: kind, value: value)
    }
}
