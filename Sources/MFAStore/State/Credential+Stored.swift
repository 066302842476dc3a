internal import MFADomain
internal import ProtobufFields

extension TOTPCredential {
    func store(in fields: inout FieldWriter) {
        fields.array(1, secret)
        fields.raw(2, parameters.algorithm)
        fields.integer(3, Int64(parameters.digits))
        fields.integer(4, Int64(parameters.periodSeconds))
        fields.integer(5, lastStep.map { $0 + 1 } ?? 0)
    }

    init(stored bytes: Span<UInt8>) throws(FieldError) {
        var secret: [UInt8] = []
        var algorithm: HashAlgorithm?
        var (digits, periodSeconds, nextStep): (Int64, Int64, Int64) = (0, 0, 0)
        var cursor = FieldCursor(bytes)
        while let tag = try cursor.nextTag(bytes) {
            switch (tag.number, tag.type) {
            case (1, .lengthDelimited): secret = try cursor.array(bytes)
            case (2, .varint): algorithm = try cursor.raw(bytes)
            case (3, .varint): digits = try cursor.integer(bytes)
            case (4, .varint): periodSeconds = try cursor.integer(bytes)
            case (5, .varint): nextStep = try cursor.integer(bytes)
            default: try cursor.skip(tag.type, bytes)
            }
        }
        guard let algorithm,
            let parameters = TOTPParameters(
                algorithm: algorithm, digits: Int(digits), periodSeconds: Int(periodSeconds))
        else { throw FieldError() }
        self.init(secret: secret, parameters: parameters, lastStep: nextStep > 0 ? nextStep - 1 : nil)
    }
}

extension BackupCodeSet {
    func store(in fields: inout FieldWriter) {
        fields.integer(1, Int64(total))
        fields.array(2, digests)
    }

    init(stored bytes: Span<UInt8>) throws(FieldError) {
        var total: Int64 = 0
        var digests: [UInt8] = []
        var cursor = FieldCursor(bytes)
        while let tag = try cursor.nextTag(bytes) {
            switch (tag.number, tag.type) {
            case (1, .varint): total = try cursor.integer(bytes)
            case (2, .lengthDelimited): digests = try cursor.array(bytes)
            default: try cursor.skip(tag.type, bytes)
            }
        }
        guard digests.count % Self.digestByteCount == 0 else { throw FieldError() }
        self.init(total: Int(total), digests: digests)
    }
}
