import Crypto
import MFADomain
import MFATesting
import ProtobufFields
import SwiftProtobuf
import Testing

@testable import MFAStore

@Suite("The stored form")
struct StoredFormTests {
    private func encoded(_ state: SubjectState) -> [UInt8] {
        var fields = FieldWriter(capacity: 0)
        state.store(in: &fields)
        return fields.bytes
    }

    @Test("is the message of proto/storage, byte by byte as a generated writer gives it", arguments: 0..<20)
    func isTheMessage(_ seed: Int) throws {
        let bytes = encoded(StoreContract.richState(seed: seed))
        let message = try Countersign_Storage_StoredSubject(serializedBytes: bytes)
        #expect(message.unknownFields.data.isEmpty && message.factors.allSatisfy { $0.unknownFields.data.isEmpty })
        #expect(try message.serializedBytes() == bytes)
    }

    @Test("holds every field of a state, and skips what a later version adds", arguments: 0..<20)
    func holdsEveryField(_ seed: Int) throws {
        let state = StoreContract.richState(seed: seed)
        var fields = FieldWriter(capacity: 0)
        fields.string(99, "later")
        state.store(in: &fields)
        fields.integer(100, 1)
        fields.message(101) { $0.integer(1, 300) }
        #expect(try SubjectState(stored: fields.bytes.span) == state)
    }

    @Test("cut anywhere or with any byte changed is refused or read, never trapped on")
    func damaged() {
        let bytes = encoded(StoreContract.richState())
        for count in bytes.indices { _ = try? SubjectState(stored: bytes.span.extracting(0..<count)) }
        for index in bytes.indices {
            for mask: UInt8 in [0x01, 0x80, 0xff] {
                var changed = bytes
                changed[index] ^= mask
                _ = try? SubjectState(stored: changed.span)
            }
        }
    }

    @Test("of a message has the length of any size in front", arguments: [0, 1, 127, 128, 16_383, 16_384, 300_000])
    func lengths(_ count: Int) throws {
        var fields = FieldWriter(capacity: 0)
        fields.message(1) { $0.array(2, [UInt8](repeating: 7, count: count)) }
        fields.integer(3, -1)
        let bytes = fields.bytes
        var cursor = FieldCursor(bytes.span)
        #expect(try cursor.nextTag(bytes.span)?.number == 1)
        var inner = FieldCursor(try cursor.content(bytes.span))
        if count > 0 {
            #expect(try inner.nextTag(bytes.span)?.number == 2)
            #expect(try inner.array(bytes.span).count == count)
        }
        #expect(try inner.nextTag(bytes.span) == nil)
        #expect(try cursor.nextTag(bytes.span)?.number == 3)
        #expect(try cursor.integer(bytes.span) == -1)
    }

    @Test("that is tried here has something in every field")
    func isRich() {
        let state = StoreContract.richState()
        let challenges = state.challenges
        #expect(Set(challenges.map(\.storedState)) == Set(Challenge.State.allCases))
        #expect(challenges.contains { $0.denialReason == .unknownTrigger && $0.deliveryState == .failed })
        #expect(challenges.contains { $0.isVerified } && challenges.contains { $0.failures > 0 })
        #expect(challenges.contains { !$0.display.location.isEmpty && $0.messageID != nil && !$0.code.isEmpty })
        #expect(state.factors.contains { $0.hotp?.resynchronizationCounter == 51 })
        #expect(state.factors.contains { $0.usableFrom != nil && $0.address?.country == "CH" })
        let devices = state.factors.compactMap(\.push)
        #expect(devices.contains { !$0.pairingSecret.isEmpty } && devices.contains { !$0.publicKey.isEmpty })
        #expect(devices.contains { $0.isFraudReported && $0.isUnreachable } && devices.contains { $0.refusals > 0 })
        #expect(state.factors.contains { $0.backupCodes?.algorithm == .sha512 })
        #expect(state.factors.contains { if case .proven = $0.binding { true } else { false } })
        let answers = state.idempotencyRecords.map(\.answer)
        #expect(answers.contains { $0.limit == .outstanding && $0.retryAfterMilliseconds > 0 })
        #expect(answers.contains { $0.challengeID != nil && $0.sendsLeft > 0 })
        #expect(answers.contains { $0.evaluation?.graceEndsAt != nil && $0.evaluation?.offers.isEmpty == false })
        #expect(answers.contains { $0.trustedDeviceID != nil })
        #expect(
            state.graceStartedAt != nil && state.trustedDevices.contains { $0.generation == 2 && !$0.agent.isEmpty })
        #expect(Set(state.seenSignals.map(\.kind)) == Set(SeenSignal.Kind.allCases))
        #expect(state.factors.contains { if case .recovered = $0.binding { true } else { false } })
        #expect(state.factors.contains { $0.temporaryAccessCode?.usesLeft == 3 })
        let recovery = state.recovery
        #expect(recovery?.cancellation == .factorProven && recovery?.redemption != nil && recovery?.failures == 1)
        #expect(recovery?.code?.messageID != nil && recovery?.told.count == 3 && recovery?.endedAt != nil)
        #expect(state.recoveryApprovals.count == 1 && answers.contains { $0.recoveryID != nil })
        #expect(state.profile.addresses.contains { $0.country == "CH" })
        #expect(state.recentVerifications.contains { !$0.actionDigest.isEmpty && $0.level == .aal1 })
    }

    @Test("of an event is the message of proto/storage, and holds every field")
    func event() throws {
        var entropy = SeededEntropy(seed: 1)
        let event = AuditEvent(
            kind: .activation, at: Timestamp(seconds: 1), caller: "backend", requestID: "r-1",
            factorID: FactorID(entropy: &entropy), factorKind: .totp, verdict: .wrongCode, factorLocked: true,
            backupCodesLeft: 0, challengeID: ChallengeID(entropy: &entropy), limit: .coolingDown, moneyAlarm: true,
            delivery: DeliveryAttempt(
                state: .unknown, provider: "gateway", providerMessageID: "m-1", costMicros: 70_000, number: 3,
                reason: "TIMED_OUT"),
            evaluation: EvaluationRecord(
                requirement: .deny, reasons: [.newDevice, .highRisk], policyVersion: "v", action: "pay",
                sensitivity: .sensitive, device: .known, isLocationNew: true, riskScore: 99),
            recovery: RecoveryAct(
                recoveryID: RecoveryID(entropy: &entropy), state: .cancelled, cancellation: .veto, operatorName: "olga",
                reason: "lost", evidence: "HD-1"))
        let bytes = EventCodec.encode(event)
        #expect(try EventCodec.decode(bytes, at: event.at) == event)
        let message = try Countersign_Storage_StoredEvent(serializedBytes: bytes)
        #expect(message.unknownFields.data.isEmpty)
        #expect(try message.serializedBytes() == bytes)
    }
}

@Suite("A subject's key")
struct SubjectKeyDerivationTests {
    @Test("is HKDF-Expand of the data key and the subject's name (RFC 5869)", arguments: [0, 1, 18, 300])
    func isHKDF(_ nameByteCount: Int) {
        let key = SymmetricKey(size: .bits256)
        let name = [UInt8](repeating: 5, count: nameByteCount)
        #expect(
            DataKey(id: 1, key: key).subjectKey(name)
                == HKDF<SHA256>.expand(pseudoRandomKey: key, info: name, outputByteCount: 32))
    }
}
