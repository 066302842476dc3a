public import MFADomain
internal import ProtobufFields

/// A message on its way out as sealed bytes and back. Its id is kept beside it, and is bound by the seal.
public struct OutboxCodec {
    private let seal: Seal

    public init(keyRing: KeyRing, of key: SubjectKey) {
        seal = Seal(keyRing, of: key)
    }

    public func encode(_ message: OutboxMessage) throws(StoreError) -> [UInt8] {
        var fields = FieldWriter(capacity: 128)
        message.store(in: &fields)
        return try seal.seal(fields.bytes, message.id)
    }

    public func decode(_ record: [UInt8], id: MessageID) throws(StoreError) -> OutboxMessage {
        let plain = try seal.open(record, id)
        do {
            return try OutboxMessage(stored: plain.span, id: id)
        } catch {
            throw .corrupt("a message does not decode")
        }
    }
}

extension OutboxMessage {
    fileprivate func store(in fields: inout FieldWriter) {
        fields.raw(1, channel)
        fields.string(2, recipient)
        fields.string(3, locale)
        switch content {
        case .code(let code): fields.string(4, code)
        case .pushChallenge: fields.bool(5, true)
        case .notice(let notice): fields.raw(6, notice.kind)
        case .accessCode: break
        }
        fields.id(7, factorID)
        fields.id(8, challengeID)
        fields.integer(9, createdAt.milliseconds)
        fields.integer(10, expiresAt.milliseconds)
        switch content {
        case .code, .pushChallenge: break
        case .accessCode(let code): fields.string(11, code)
        case .notice(let notice):
            fields.string(12, notice.vetoCode)
            fields.integer(13, Int64(notice.backupCodesLeft))
        }
    }

    fileprivate init(stored bytes: Span<UInt8>, id: MessageID) throws(FieldError) {
        var channel: MessageChannel?
        var (recipient, locale) = ("", "")
        var content: Content?
        var notice: Notice.Kind?
        var vetoCode = ""
        var backupCodesLeft: Int64 = 0
        var factorID: FactorID?
        var challengeID: ChallengeID?
        var (createdAt, expiresAt): (Int64, Int64) = (0, 0)
        var cursor = FieldCursor(bytes)
        while let tag = try cursor.nextTag(bytes) {
            switch (tag.number, tag.type) {
            case (1, .varint): channel = try cursor.raw(bytes)
            case (2, .lengthDelimited): recipient = try cursor.string(bytes)
            case (3, .lengthDelimited): locale = try cursor.string(bytes)
            case (4, .lengthDelimited): content = .code(try cursor.string(bytes))
            case (5, .varint): if try cursor.integer(bytes) != 0 { content = .pushChallenge }
            case (6, .varint): notice = try cursor.raw(bytes)
            case (7, .lengthDelimited): factorID = try cursor.id(bytes)
            case (8, .lengthDelimited): challengeID = try cursor.id(bytes)
            case (9, .varint): createdAt = try cursor.integer(bytes)
            case (10, .varint): expiresAt = try cursor.integer(bytes)
            case (11, .lengthDelimited): content = .accessCode(try cursor.string(bytes))
            case (12, .lengthDelimited): vetoCode = try cursor.string(bytes)
            case (13, .varint): backupCodesLeft = try cursor.integer(bytes)
            default: try cursor.skip(tag.type, bytes)
            }
        }
        if let notice {
            content = .notice(Notice(notice, vetoCode: vetoCode, backupCodesLeft: Int(backupCodesLeft)))
        }
        guard let channel, let content else { throw FieldError() }
        switch content {
        case .code, .pushChallenge: if factorID == nil { throw FieldError() }
        case .accessCode, .notice: break
        }
        self.init(
            id: id, channel: channel, recipient: recipient, locale: locale, content: content, factorID: factorID,
            challengeID: challengeID, createdAt: Timestamp(milliseconds: createdAt),
            expiresAt: Timestamp(milliseconds: expiresAt))
    }
}
