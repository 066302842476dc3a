internal import Foundation
internal import MFADomain

// The domain's state and its stored form, field by field.

typealias StoredSubject = Countersign_Storage_StoredSubject
typealias StoredEvent = Countersign_Storage_StoredEvent

extension StoredSubject {
    init(_ state: SubjectState) {
        pseudonym = state.pseudonym.data
        createdAt = state.createdAt.milliseconds
        profile = .init(state.profile)
        factors = state.factors.map { .init($0) }
        recentVerifications = state.recentVerifications.map { verification in
            .with {
                $0.id = verification.id.data
                $0.factorID = verification.factorID.data
                $0.at = verification.at.milliseconds
            }
        }
        idempotencyRecords = state.idempotencyRecords.map { .init($0) }
    }
}

extension SubjectState {
    /// Nil when a part is missing or is of a kind this version does not know.
    init?(_ stored: StoredSubject) {
        guard let pseudonym = Pseudonym(data: stored.pseudonym), let profile = Profile(stored.profile),
            let factors = all(stored.factors.map { Factor($0) }),
            let verifications = all(stored.recentVerifications.map { RecentVerification($0) }),
            let records = all(stored.idempotencyRecords.map { IdempotencyRecord($0) })
        else { return nil }
        self.init(
            pseudonym: pseudonym, createdAt: Timestamp(milliseconds: stored.createdAt), profile: profile,
            factors: factors, recentVerifications: verifications, idempotencyRecords: records)
    }
}

extension Countersign_Storage_StoredProfile {
    init(_ profile: Profile) {
        kind = Int32(profile.kind.rawValue)
        groups = profile.groups
        accountName = profile.accountName
        locale = profile.locale
        addresses = profile.addresses.map { address in
            .with {
                $0.kind = Int32(address.kind.rawValue)
                $0.value = address.value
            }
        }
    }
}

extension Profile {
    init?(_ stored: Countersign_Storage_StoredProfile) {
        let addresses = stored.addresses.map { stored in
            Address.Kind(rawValue: Int(stored.kind)).map { Address(kind: $0, value: stored.value) }
        }
        guard let kind = Kind(rawValue: Int(stored.kind)), let addresses = all(addresses) else { return nil }
        self.init(
            kind: kind, groups: stored.groups, accountName: stored.accountName, locale: stored.locale,
            addresses: addresses)
    }
}

extension Countersign_Storage_StoredFactor {
    init(_ factor: Factor) {
        id = factor.id.data
        kind = Int32(factor.kind.rawValue)
        state = Int32(factor.storedState.rawValue)
        name = factor.name
        createdAt = factor.createdAt.milliseconds
        activatedAt = factor.activatedAt.milliseconds
        lastUsedAt = factor.lastUsedAt.milliseconds
        switch factor.binding {
        case .first: break
        case .proven(let id): boundBy = id.data
        case .waived: bindingWaived = true
        }
        if factor.budget != FailureBudget() { budget = .init(factor.budget) }
        switch factor.credential {
        case .totp(let credential): totp = .init(credential)
        case .backupCodes(let set):
            backupCodes.total = Int32(clamping: set.total)
            backupCodes.digests = Data(set.digests)
        case nil: break
        }
    }
}

extension Factor {
    init?(_ stored: Countersign_Storage_StoredFactor) {
        guard let id = FactorID(data: stored.id), let kind = FactorKind(rawValue: Int(stored.kind)),
            let state = FactorState(rawValue: Int(stored.state))
        else { return nil }
        var credential: Credential?
        if stored.hasTotp {
            guard let totp = TOTPCredential(stored.totp) else { return nil }
            credential = .totp(totp)
        } else if stored.hasBackupCodes {
            guard let set = BackupCodeSet(stored.backupCodes) else { return nil }
            credential = .backupCodes(set)
        }
        self.init(
            id: id, kind: kind, state: state, name: stored.name, createdAt: Timestamp(milliseconds: stored.createdAt),
            credential: credential,
            binding: stored.bindingWaived ? .waived : FactorID(data: stored.boundBy).map { .proven($0) } ?? .first)
        activatedAt = Timestamp(stored: stored.activatedAt)
        lastUsedAt = Timestamp(stored: stored.lastUsedAt)
        if stored.hasBudget { budget = FailureBudget(stored.budget) }
    }
}

extension Countersign_Storage_StoredBudget {
    init(_ budget: FailureBudget) {
        consecutive = Int32(clamping: budget.consecutive)
        lastFailureAt = budget.lastFailureAt.milliseconds
        locked = budget.isLocked
        days = budget.days.flatMap { [$0.day, Int64($0.count)] }
    }
}

extension FailureBudget {
    init(_ stored: Countersign_Storage_StoredBudget) {
        self.init(
            consecutive: Int(stored.consecutive), lastFailureAt: Timestamp(stored: stored.lastFailureAt),
            days: stride(from: 0, to: stored.days.count - 1, by: 2).map {
                DayCount(day: stored.days[$0], count: Int(clamping: stored.days[$0 + 1]))
            },
            isLocked: stored.locked)
    }
}

extension Countersign_Storage_StoredTOTP {
    init(_ credential: TOTPCredential) {
        secret = Data(credential.secret)
        algorithm = Int32(credential.parameters.algorithm.rawValue)
        digits = Int32(credential.parameters.digits)
        periodSeconds = Int32(credential.parameters.periodSeconds)
        nextStep = credential.lastStep.map { $0 + 1 } ?? 0
    }
}

extension TOTPCredential {
    init?(_ stored: Countersign_Storage_StoredTOTP) {
        guard let algorithm = HashAlgorithm(rawValue: Int(stored.algorithm)),
            let parameters = TOTPParameters(
                algorithm: algorithm, digits: Int(stored.digits), periodSeconds: Int(stored.periodSeconds))
        else { return nil }
        self.init(
            secret: Array(stored.secret), parameters: parameters,
            lastStep: stored.nextStep > 0 ? stored.nextStep - 1 : nil)
    }
}

extension BackupCodeSet {
    init?(_ stored: Countersign_Storage_StoredBackupCodes) {
        guard stored.digests.count % Self.digestByteCount == 0 else { return nil }
        self.init(total: Int(stored.total), digests: Array(stored.digests))
    }
}

extension RecentVerification {
    init?(_ stored: Countersign_Storage_StoredVerification) {
        guard let id = VerificationID(data: stored.id), let factorID = FactorID(data: stored.factorID) else {
            return nil
        }
        self.init(id: id, factorID: factorID, at: Timestamp(milliseconds: stored.at))
    }
}

extension Countersign_Storage_StoredIdempotencyRecord {
    init(_ record: IdempotencyRecord) {
        key = Data(record.key.key)
        body = Data(record.key.body)
        at = record.at.milliseconds
        factorID = record.answer.factorID.data
        verificationID = record.answer.verificationID.data
        verdict = Int32(record.answer.verdict?.rawValue ?? 0)
        attemptsLeft = Int32(clamping: record.answer.attemptsLeft)
        retryAfterMilliseconds = record.answer.retryAfterMilliseconds
        backupCodesLeft = Int32(clamping: record.answer.backupCodesLeft)
        sealedCodes = Data(record.sealedCodes)
        secret = record.answer.isSecret
        factorKind = Int32(record.answer.factorKind?.rawValue ?? 0)
    }
}

extension IdempotencyRecord {
    init?(_ stored: Countersign_Storage_StoredIdempotencyRecord) {
        guard !stored.key.isEmpty, !stored.body.isEmpty else { return nil }
        var answer = RememberedAnswer()
        answer.factorID = FactorID(data: stored.factorID)
        answer.factorKind = FactorKind(rawValue: Int(stored.factorKind))
        answer.verificationID = VerificationID(data: stored.verificationID)
        answer.verdict = Verdict(rawValue: Int(stored.verdict))
        answer.attemptsLeft = Int(stored.attemptsLeft)
        answer.retryAfterMilliseconds = stored.retryAfterMilliseconds
        answer.backupCodesLeft = Int(stored.backupCodesLeft)
        answer.isSecret = stored.secret
        self.init(
            key: .init(key: Array(stored.key), body: Array(stored.body)), at: Timestamp(milliseconds: stored.at),
            answer: answer, sealedCodes: Array(stored.sealedCodes))
    }
}

extension Timestamp {
    /// 0 stands for never.
    fileprivate init?(stored milliseconds: Int64) {
        guard milliseconds != 0 else { return nil }
        self.init(milliseconds: milliseconds)
    }
}

extension Timestamp? {
    fileprivate var milliseconds: Int64 { self?.milliseconds ?? 0 }
}

extension ID {
    /// Nil unless there are exactly 16 bytes.
    init?(data: Data) {
        guard let id = data.withUnsafeBytes({ Self(bytes: $0) }) else { return nil }
        self = id
    }

    var data: Data { withUnsafeBytes { Data($0) } }
}

extension FactorID? {
    var data: Data { self?.data ?? Data() }
}

extension VerificationID? {
    var data: Data { self?.data ?? Data() }
}

/// The elements, or nil when one is missing.
private func all<Element>(_ elements: [Element?]) -> [Element]? {
    let present = elements.compactMap { $0 }
    return present.count == elements.count ? present : nil
}
