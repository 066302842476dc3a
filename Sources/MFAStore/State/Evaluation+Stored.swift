internal import MFADomain
internal import ProtobufFields

extension Evaluation {
    func store(in fields: inout FieldWriter) {
        fields.raw(1, requirement)
        fields.packed(2, reasons.map { Int64($0.rawValue) })
        fields.packed(3, offers.map { Int64($0.rawValue) })
        fields.packed(4, recommended.map { Int64($0.rawValue) })
        fields.raw(5, level)
        fields.bool(6, needsPhishingResistance)
        fields.integer(7, maximumAgeSeconds)
        fields.moment(8, graceEndsAt)
        fields.string(9, policyVersion)
    }

    init(stored bytes: Span<UInt8>) throws(FieldError) {
        var requirement: Requirement?
        var reasons: [EvaluationReason] = []
        var (offers, recommended): ([FactorKind], [FactorKind]) = ([], [])
        var level: Assurance.Level?
        var needsPhishingResistance = false
        var maximumAgeSeconds: Int64 = 0
        var graceEndsAt: Timestamp?
        var policyVersion = ""
        var cursor = FieldCursor(bytes)
        while let tag = try cursor.nextTag(bytes) {
            switch (tag.number, tag.type) {
            case (1, .varint): requirement = try cursor.raw(bytes)
            case (2, .lengthDelimited): reasons = try cursor.raws(bytes)
            case (3, .lengthDelimited): offers = try cursor.raws(bytes)
            case (4, .lengthDelimited): recommended = try cursor.raws(bytes)
            case (5, .varint): level = try cursor.raw(bytes)
            case (6, .varint): needsPhishingResistance = try cursor.integer(bytes) != 0
            case (7, .varint): maximumAgeSeconds = try cursor.integer(bytes)
            case (8, .varint): graceEndsAt = try cursor.moment(bytes)
            case (9, .lengthDelimited): policyVersion = try cursor.string(bytes)
            default: try cursor.skip(tag.type, bytes)
            }
        }
        guard let requirement, let level else { throw FieldError() }
        self.init(
            requirement: requirement, reasons: reasons, offers: offers, recommended: recommended, level: level,
            needsPhishingResistance: needsPhishingResistance, maximumAgeSeconds: maximumAgeSeconds,
            graceEndsAt: graceEndsAt, policyVersion: policyVersion)
    }
}

extension EvaluationRecord {
    func store(in fields: inout FieldWriter) {
        fields.raw(1, requirement)
        fields.packed(2, reasons.map { Int64($0.rawValue) })
        fields.string(3, policyVersion)
        fields.string(4, action)
        fields.raw(5, sensitivity)
        fields.raw(6, device)
        fields.bool(7, isLocationNew)
        fields.integer(8, Int64(riskScore ?? 0))
    }

    init(stored bytes: Span<UInt8>) throws(FieldError) {
        var requirement: Requirement?
        var reasons: [EvaluationReason] = []
        var (policyVersion, action) = ("", "")
        var sensitivity: EvaluationFacts.Sensitivity?
        var device: EvaluationFacts.Device?
        var isLocationNew = false
        var riskScore: Int64 = 0
        var cursor = FieldCursor(bytes)
        while let tag = try cursor.nextTag(bytes) {
            switch (tag.number, tag.type) {
            case (1, .varint): requirement = try cursor.raw(bytes)
            case (2, .lengthDelimited): reasons = try cursor.raws(bytes)
            case (3, .lengthDelimited): policyVersion = try cursor.string(bytes)
            case (4, .lengthDelimited): action = try cursor.string(bytes)
            case (5, .varint): sensitivity = try cursor.raw(bytes)
            case (6, .varint): device = try cursor.raw(bytes)
            case (7, .varint): isLocationNew = try cursor.integer(bytes) != 0
            case (8, .varint): riskScore = try cursor.integer(bytes)
            default: try cursor.skip(tag.type, bytes)
            }
        }
        guard let requirement, let device else { throw FieldError() }
        self.init(
            requirement: requirement, reasons: reasons, policyVersion: policyVersion, action: action,
            sensitivity: sensitivity, device: device, isLocationNew: isLocationNew,
            riskScore: riskScore > 0 ? Int(riskScore) : nil)
    }
}
