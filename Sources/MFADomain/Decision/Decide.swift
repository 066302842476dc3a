/// Decides one command on one subject's state. Pure: the same arguments give the same decision.
///
/// - Parameters:
///   - record: what the store holds of the subject.
///   - key: whose state it is.
///   - claims: the store's answers to the claims that the same decision made before; nil the first time.
public func decide<Command: SubjectCommand>(
    _ record: SubjectRecord, of key: SubjectKey, _ command: Command, now: Timestamp, entropy: some Entropy,
    settings: DomainSettings, lookupSecrets: LookupSecretHash, claims: ClaimAnswers? = nil
) throws(Refusal) -> Decision<Command.Outcome> {
    var context = DecisionContext(
        key: key, now: now, entropy: entropy, settings: settings, lookupSecrets: lookupSecrets, facts: command.facts,
        claimAnswers: claims)
    var next: SubjectState
    if let state = record.state {
        next = state
    } else if Command.createsSubject {
        next = SubjectState(
            pseudonym: Pseudonym(entropy: &context.entropy), createdAt: now,
            graceStartedAt: record.erasedGraceStartedAt)
    } else {
        throw .subjectNotFound
    }
    if let key = command.facts.idempotencyKey, let recollection = try next.recollect(key, at: now) {
        return Decision(effect: nil, outcome: try command.recall(recollection, from: next))
    }
    if next.factors.contains(where: { $0.kind == .temporaryAccessCode }) { next.settleEndedFactors(at: now) }
    let openBefore = next.openChallenges
    if !openBefore.isEmpty { next.settleChallenges(at: now) }
    let outcome = try command.apply(to: &next, &context)
    guard let event = context.event else { return Decision(effect: nil, outcome: outcome) }
    if event.kind == .subjectErased {
        return Decision(
            effect: DecisionEffect(
                change: .erase(graceStartedAt: next.graceStartedAt), pseudonym: next.pseudonym, event: event,
                endedChallenges: openBefore.map(\.id)),
            outcome: outcome)
    }
    if !next.challenges.isEmpty { next.settleChallenges(at: now) }
    if !next.trustedDevices.isEmpty || !next.seenSignals.isEmpty { next.forgetOldSignals(context) }
    next.forgetOldAnswers(at: now)
    if let key = command.facts.idempotencyKey {
        let sealedCodes = SealedCodes.seal(
            command.codesShown(outcome), under: key, entropy: &context.entropy)
        next.remember(
            IdempotencyRecord(
                key: key.digests, at: now, answer: command.remembered(outcome), sealedCodes: sealedCodes))
    }
    return Decision(
        effect: DecisionEffect(
            change: .put(next), pseudonym: next.pseudonym, event: event,
            outbox: next.withdrawals(since: openBefore) + context.outbox, claims: context.claims,
            endedChallenges: openBefore.map(\.id).filter { next.challenge($0)?.storedState != .pending }),
        outcome: outcome)
}

extension SubjectState {
    fileprivate func recollect(_ key: IdempotencyKey, at now: Timestamp) throws(Refusal) -> Recollection? {
        guard let record = idempotencyRecords.first(where: { $0.key.key == key.digests.key }),
            !now.isPast(seconds: DomainSettings.idempotencyLifetimeSeconds, after: record.at)
        else { return nil }
        guard record.key.body == key.digests.body else { throw .idempotencyKeyReused }
        guard record.answer.isSecret else { return Recollection(answer: record.answer, at: record.at, codes: []) }
        // Not while the clock stands before the answer either: setting it back must not make secrets live longer.
        guard now.isWithin(seconds: DomainSettings.secretAnswerLifetimeSeconds, after: record.at) else {
            throw .idempotentAnswerGone
        }
        let codes = record.sealedCodes.isEmpty ? [] : SealedCodes.reveal(record.sealedCodes, under: key)
        guard let codes else { throw .idempotentAnswerGone }
        return Recollection(answer: record.answer, at: record.at, codes: codes)
    }

    fileprivate mutating func forgetOldAnswers(at now: Timestamp) {
        idempotencyRecords.removeAll { now.isPast(seconds: DomainSettings.idempotencyLifetimeSeconds, after: $0.at) }
        for index in idempotencyRecords.indices
        where now.isPast(seconds: DomainSettings.secretAnswerLifetimeSeconds, after: idempotencyRecords[index].at) {
            idempotencyRecords[index].sealedCodes = []
        }
    }

    fileprivate mutating func remember(_ record: IdempotencyRecord) {
        idempotencyRecords.removeAll { $0.key.key == record.key.key }
        idempotencyRecords.append(record)
        if idempotencyRecords.count > DomainSettings.maxIdempotencyRecords { idempotencyRecords.removeFirst() }
    }
}
