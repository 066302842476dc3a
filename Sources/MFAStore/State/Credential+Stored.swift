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
        fields.raw(3, algorithm)
    }

    init(stored bytes: Span<UInt8>) throws(FieldError) {
        var total: Int64 = 0
        var digests: [UInt8] = []
        var algorithm: HashAlgorithm?
        var cursor = FieldCursor(bytes)
        while let tag = try cursor.nextTag(bytes) {
            switch (tag.number, tag.type) {
            case (1, .varint): total = try cursor.integer(bytes)
            case (2, .lengthDelimited): digests = try cursor.array(bytes)
            case (3, .varint): algorithm = try cursor.raw(bytes)
            default: try cursor.skip(tag.type, bytes)
            }
        }
        guard digests.count % Self.digestByteCount == 0 else { throw FieldError() }
        self.init(total: Int(total), digests: digests, algorithm: algorithm)
    }
}

extension HOTPCredential {
    func store(in fields: inout FieldWriter) {
        fields.array(1, secret)
        fields.raw(2, algorithm)
        fields.integer(3, Int64(digits))
        // Counters fit a signed integer.
        fields.integer(4, Int64(bitPattern: counter))
        fields.integer(5, resynchronizationCounter.map { Int64(bitPattern: $0 &+ 1) } ?? 0)
    }

    init(stored bytes: Span<UInt8>) throws(FieldError) {
        var secret: [UInt8] = []
        var algorithm: HashAlgorithm?
        var (digits, counter, next): (Int64, Int64, Int64) = (0, 0, 0)
        var cursor = FieldCursor(bytes)
        while let tag = try cursor.nextTag(bytes) {
            switch (tag.number, tag.type) {
            case (1, .lengthDelimited): secret = try cursor.array(bytes)
            case (2, .varint): algorithm = try cursor.raw(bytes)
            case (3, .varint): digits = try cursor.integer(bytes)
            case (4, .varint): counter = try cursor.integer(bytes)
            case (5, .varint): next = try cursor.integer(bytes)
            default: try cursor.skip(tag.type, bytes)
            }
        }
        guard let algorithm, counter >= 0,
            let credential = HOTPCredential(
                secret: secret, algorithm: algorithm, digits: Int(digits), counter: UInt64(counter),
                resynchronizationCounter: next > 0 ? UInt64(next - 1) : nil)
        else { throw FieldError() }
        self = credential
    }
}

extension AddressCredential {
    func store(in fields: inout FieldWriter) {
        fields.message(1) { address.store(in: &$0) }
        fields.string(2, country)
    }

    init(stored bytes: Span<UInt8>) throws(FieldError) {
        var address: Address?
        var country = ""
        var cursor = FieldCursor(bytes)
        while let tag = try cursor.nextTag(bytes) {
            switch (tag.number, tag.type) {
            case (1, .lengthDelimited): address = try Address(stored: bytes.extracting(try cursor.content(bytes)))
            case (2, .lengthDelimited): country = try cursor.string(bytes)
            default: try cursor.skip(tag.type, bytes)
            }
        }
        guard let address else { throw FieldError() }
        self.init(address: address, country: country)
    }
}

extension PushCredential {
    func store(in fields: inout FieldWriter) {
        fields.array(1, pairingSecret)
        fields.array(2, publicKey)
        fields.string(3, model)
        fields.string(4, channel)
        fields.string(5, token)
        fields.integer(6, Int64(refusals))
        fields.bool(7, isFraudReported)
        fields.bool(8, isUnreachable)
    }

    init(stored bytes: Span<UInt8>) throws(FieldError) {
        var (pairingSecret, publicKey): ([UInt8], [UInt8]) = ([], [])
        var (model, channel, token) = ("", "", "")
        var refusals: Int64 = 0
        var (isFraudReported, isUnreachable) = (false, false)
        var cursor = FieldCursor(bytes)
        while let tag = try cursor.nextTag(bytes) {
            switch (tag.number, tag.type) {
            case (1, .lengthDelimited): pairingSecret = try cursor.array(bytes)
            case (2, .lengthDelimited): publicKey = try cursor.array(bytes)
            case (3, .lengthDelimited): model = try cursor.string(bytes)
            case (4, .lengthDelimited): channel = try cursor.string(bytes)
            case (5, .lengthDelimited): token = try cursor.string(bytes)
            case (6, .varint): refusals = try cursor.integer(bytes)
            case (7, .varint): isFraudReported = try cursor.integer(bytes) != 0
            case (8, .varint): isUnreachable = try cursor.integer(bytes) != 0
            default: try cursor.skip(tag.type, bytes)
            }
        }
        self.init(
            pairingSecret: pairingSecret, publicKey: publicKey, model: model, channel: channel, token: token,
            refusals: Int(refusals), isFraudReported: isFraudReported, isUnreachable: isUnreachable)
    }
}

extension TemporaryAccessCode {
    func store(in fields: inout FieldWriter) {
        fields.array(1, digest)
        fields.integer(2, expiresAt.milliseconds)
        fields.integer(3, Int64(usesLeft))
        fields.id(4, messageID)
    }

    init(stored bytes: Span<UInt8>) throws(FieldError) {
        var digest: [UInt8] = []
        var (expiresAt, usesLeft): (Int64, Int64) = (0, 0)
        var messageID: MessageID?
        var cursor = FieldCursor(bytes)
        while let tag = try cursor.nextTag(bytes) {
            switch (tag.number, tag.type) {
            case (1, .lengthDelimited): digest = try cursor.array(bytes)
            case (2, .varint): expiresAt = try cursor.integer(bytes)
            case (3, .varint): usesLeft = try cursor.integer(bytes)
            case (4, .lengthDelimited): messageID = try cursor.id(bytes)
            default: try cursor.skip(tag.type, bytes)
            }
        }
        self.init(
            digest: digest, expiresAt: Timestamp(milliseconds: expiresAt), usesLeft: Int(usesLeft), messageID: messageID
        )
    }
}
