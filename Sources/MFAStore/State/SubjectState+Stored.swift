internal import MFADomain
internal import ProtobufFields

// The domain's state in its stored form, proto/storage/subject_state.proto, field by field. Written out by hand: it is
// done at each decision, and generated messages take ten times as long to fill.

extension SubjectState {
    func store(in fields: inout FieldWriter) {
        fields.id(1, pseudonym)
        fields.integer(2, createdAt.milliseconds)
        fields.message(3) { profile.store(in: &$0) }
        for factor in factors { fields.message(4) { factor.store(in: &$0) } }
        for verification in recentVerifications { fields.message(5) { verification.store(in: &$0) } }
        for record in idempotencyRecords { fields.message(6) { record.store(in: &$0) } }
        for challenge in challenges { fields.message(7) { challenge.store(in: &$0) } }
        fields.moment(8, graceStartedAt)
        for device in trustedDevices { fields.message(9) { device.store(in: &$0) } }
        for signal in seenSignals { fields.message(10) { signal.store(in: &$0) } }
        if let recovery { fields.message(11) { recovery.store(in: &$0) } }
        if !recoveryApprovals.isEmpty { fields.packed(12, recoveryApprovals.map(\.milliseconds)) }
    }

    /// - Throws: when a part is missing or is of a kind this version does not know.
    init(stored bytes: Span<UInt8>) throws(FieldError) {
        var pseudonym: Pseudonym?
        var createdAt: Int64 = 0
        var profile: Profile?
        var factors: [Factor] = []
        var verifications: [RecentVerification] = []
        var records: [IdempotencyRecord] = []
        var challenges: [Challenge] = []
        var graceStartedAt: Timestamp?
        var devices: [TrustedDevice] = []
        var signals: [SeenSignal] = []
        var recovery: Recovery?
        var approvals: [Timestamp] = []
        var cursor = FieldCursor(bytes)
        while let tag = try cursor.nextTag(bytes) {
            switch (tag.number, tag.type) {
            case (1, .lengthDelimited): pseudonym = try cursor.id(bytes)
            case (2, .varint): createdAt = try cursor.integer(bytes)
            case (3, .lengthDelimited): profile = try Profile(stored: bytes.extracting(try cursor.content(bytes)))
            case (4, .lengthDelimited): factors.append(try Factor(stored: bytes.extracting(try cursor.content(bytes))))
            case (5, .lengthDelimited):
                verifications.append(try RecentVerification(stored: bytes.extracting(try cursor.content(bytes))))
            case (6, .lengthDelimited):
                records.append(try IdempotencyRecord(stored: bytes.extracting(try cursor.content(bytes))))
            case (7, .lengthDelimited):
                challenges.append(try Challenge(stored: bytes.extracting(try cursor.content(bytes))))
            case (8, .varint): graceStartedAt = try cursor.moment(bytes)
            case (9, .lengthDelimited):
                devices.append(try TrustedDevice(stored: bytes.extracting(try cursor.content(bytes))))
            case (10, .lengthDelimited):
                signals.append(try SeenSignal(stored: bytes.extracting(try cursor.content(bytes))))
            case (11, .lengthDelimited): recovery = try Recovery(stored: bytes.extracting(try cursor.content(bytes)))
            case (12, .lengthDelimited):
                var numbers = FieldCursor(try cursor.content(bytes))
                while !numbers.isAtEnd { approvals.append(Timestamp(milliseconds: try numbers.integer(bytes))) }
            default: try cursor.skip(tag.type, bytes)
            }
        }
        guard let pseudonym, let profile else { throw FieldError() }
        self.init(
            pseudonym: pseudonym, createdAt: Timestamp(milliseconds: createdAt), profile: profile, factors: factors,
            recentVerifications: verifications, idempotencyRecords: records, challenges: challenges,
            graceStartedAt: graceStartedAt, trustedDevices: devices, seenSignals: signals,
            recovery: recovery, recoveryApprovals: approvals)
    }
}
