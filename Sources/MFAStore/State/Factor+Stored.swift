internal import MFADomain
internal import ProtobufFields

extension Factor {
    func store(in fields: inout FieldWriter) {
        fields.id(1, id)
        fields.raw(2, kind)
        fields.raw(3, storedState)
        fields.string(4, name)
        fields.integer(5, createdAt.milliseconds)
        fields.moment(6, activatedAt)
        fields.moment(7, lastUsedAt)
        fields.bool(8, binding == .waived)
        if budget != FailureBudget() { fields.message(9) { budget.store(in: &$0) } }
        switch credential {
        case .totp(let credential): fields.message(10) { credential.store(in: &$0) }
        case .backupCodes(let set): fields.message(11) { set.store(in: &$0) }
        case .hotp, .address, .push, .temporaryAccessCode, nil: break
        }
        if case .proven(let id) = binding { fields.id(12, id) }
        switch credential {
        case .hotp(let credential): fields.message(13) { credential.store(in: &$0) }
        case .address(let credential): fields.message(14) { credential.store(in: &$0) }
        case .push(let credential): fields.message(15) { credential.store(in: &$0) }
        case .totp, .backupCodes, .temporaryAccessCode, nil: break
        }
        fields.moment(16, usableFrom)
        if case .recovered(let id) = binding { fields.id(17, id) }
        if let temporaryAccessCode { fields.message(18) { temporaryAccessCode.store(in: &$0) } }
    }

    init(stored bytes: Span<UInt8>) throws(FieldError) {
        var id: FactorID?
        var kind: FactorKind?
        var state: FactorState?
        var name = ""
        var createdAt: Int64 = 0
        var (activatedAt, lastUsedAt, usableFrom): (Timestamp?, Timestamp?, Timestamp?)
        var binding = Binding.first
        var budget = FailureBudget()
        var credential: Credential?
        var cursor = FieldCursor(bytes)
        while let tag = try cursor.nextTag(bytes) {
            switch (tag.number, tag.type) {
            case (1, .lengthDelimited): id = try cursor.id(bytes)
            case (2, .varint): kind = try cursor.raw(bytes)
            case (3, .varint): state = try cursor.raw(bytes)
            case (4, .lengthDelimited): name = try cursor.string(bytes)
            case (5, .varint): createdAt = try cursor.integer(bytes)
            case (6, .varint): activatedAt = try cursor.moment(bytes)
            case (7, .varint): lastUsedAt = try cursor.moment(bytes)
            case (8, .varint): if try cursor.integer(bytes) != 0 { binding = .waived }
            case (9, .lengthDelimited): budget = try FailureBudget(stored: bytes.extracting(try cursor.content(bytes)))
            case (10, .lengthDelimited):
                credential = .totp(try TOTPCredential(stored: bytes.extracting(try cursor.content(bytes))))
            case (11, .lengthDelimited):
                credential = .backupCodes(try BackupCodeSet(stored: bytes.extracting(try cursor.content(bytes))))
            case (12, .lengthDelimited): binding = .proven(try cursor.id(bytes))
            case (13, .lengthDelimited):
                credential = .hotp(try HOTPCredential(stored: bytes.extracting(try cursor.content(bytes))))
            case (14, .lengthDelimited):
                credential = .address(try AddressCredential(stored: bytes.extracting(try cursor.content(bytes))))
            case (15, .lengthDelimited):
                credential = .push(try PushCredential(stored: bytes.extracting(try cursor.content(bytes))))
            case (16, .varint): usableFrom = try cursor.moment(bytes)
            case (17, .lengthDelimited): binding = .recovered(try cursor.id(bytes))
            case (18, .lengthDelimited):
                credential = .temporaryAccessCode(
                    try TemporaryAccessCode(stored: bytes.extracting(try cursor.content(bytes))))
            default: try cursor.skip(tag.type, bytes)
            }
        }
        guard let id, let kind, let state else { throw FieldError() }
        self.init(
            id: id, kind: kind, state: state, name: name, createdAt: Timestamp(milliseconds: createdAt),
            credential: credential, binding: binding)
        self.activatedAt = activatedAt
        self.lastUsedAt = lastUsedAt
        self.usableFrom = usableFrom
        self.budget = budget
    }
}

extension FailureBudget {
    fileprivate func store(in fields: inout FieldWriter) {
        fields.integer(1, Int64(consecutive))
        fields.moment(2, lastFailureAt)
        fields.bool(3, isLocked)
        fields.packed(4, days.flatMap { [$0.day, Int64($0.count)] })
    }

    fileprivate init(stored bytes: Span<UInt8>) throws(FieldError) {
        var consecutive: Int64 = 0
        var lastFailureAt: Timestamp?
        var isLocked = false
        var days: [DayCount] = []
        var cursor = FieldCursor(bytes)
        while let tag = try cursor.nextTag(bytes) {
            switch (tag.number, tag.type) {
            case (1, .varint): consecutive = try cursor.integer(bytes)
            case (2, .varint): lastFailureAt = try cursor.moment(bytes)
            case (3, .varint): isLocked = try cursor.integer(bytes) != 0
            case (4, .lengthDelimited):
                let range = try cursor.content(bytes)
                var numbers = FieldCursor(range)
                while !numbers.isAtEnd {
                    let day = try numbers.integer(bytes)
                    days.append(DayCount(day: day, count: Int(try numbers.integer(bytes))))
                }
            default: try cursor.skip(tag.type, bytes)
            }
        }
        self.init(consecutive: Int(consecutive), lastFailureAt: lastFailureAt, days: days, isLocked: isLocked)
    }
}
