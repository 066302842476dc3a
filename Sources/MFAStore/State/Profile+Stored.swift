internal import MFADomain
internal import ProtobufFields

extension Profile {
    func store(in fields: inout FieldWriter) {
        fields.raw(1, kind)
        for group in groups { fields.element(2, group) }
        fields.string(3, accountName)
        fields.string(4, locale)
        for credential in addresses {
            fields.message(5) {
                credential.address.store(in: &$0)
                $0.string(3, credential.country)
            }
        }
        fields.moment(6, addressesChangedAt)
    }

    init(stored bytes: Span<UInt8>) throws(FieldError) {
        var kind: Kind?
        var profile = Profile()
        var changedAt: Timestamp?
        var cursor = FieldCursor(bytes)
        while let tag = try cursor.nextTag(bytes) {
            switch (tag.number, tag.type) {
            case (1, .varint): kind = try cursor.raw(bytes)
            case (2, .lengthDelimited): profile.groups.append(try cursor.string(bytes))
            case (3, .lengthDelimited): profile.accountName = try cursor.string(bytes)
            case (4, .lengthDelimited): profile.locale = try cursor.string(bytes)
            case (5, .lengthDelimited):
                profile.addresses.append(
                    try AddressCredential(ofProfile: bytes.extracting(try cursor.content(bytes))))
            case (6, .varint): changedAt = try cursor.moment(bytes)
            default: try cursor.skip(tag.type, bytes)
            }
        }
        guard let kind else { throw FieldError() }
        self.init(
            kind: kind, groups: profile.groups, accountName: profile.accountName, locale: profile.locale,
            addresses: profile.addresses, addressesChangedAt: changedAt)
    }
}

extension Address {
    func store(in fields: inout FieldWriter) {
        fields.raw(1, kind)
        fields.string(2, value)
    }

    init(stored bytes: Span<UInt8>) throws(FieldError) {
        self = try AddressCredential(ofProfile: bytes).address
    }
}

extension AddressCredential {
    /// An address with its country beside it.
    fileprivate init(ofProfile bytes: Span<UInt8>) throws(FieldError) {
        var kind: Address.Kind?
        var (value, country) = ("", "")
        var cursor = FieldCursor(bytes)
        while let tag = try cursor.nextTag(bytes) {
            switch (tag.number, tag.type) {
            case (1, .varint): kind = try cursor.raw(bytes)
            case (2, .lengthDelimited): value = try cursor.string(bytes)
            case (3, .lengthDelimited): country = try cursor.string(bytes)
            default: try cursor.skip(tag.type, bytes)
            }
        }
        guard let kind else { throw FieldError() }
        self.init(address: Address(kind: kind, value: value), country: country)
    }
}
