/// Decides one command on one subject's state. Pure: the same arguments give the same decision.
///
/// - Parameter state: nil for a subject that is unknown or erased.
public func decide<Command: SubjectCommand>(
    _ state: SubjectState?, _ command: Command, now: Timestamp, entropy: some Entropy,
    settings: DomainSettings, lookupSecrets: LookupSecretHash
) throws(Refusal) -> Decision<Command.Outcome> {
    var context = DecisionContext(
        now: now, entropy: entropy, settings: settings, lookupSecrets: lookupSecrets, facts: command.facts)
    var next: SubjectState
    if let state {
        next = state
    } else if Command.createsSubject {
        next = SubjectState(pseudonym: Pseudonym(entropy: &context.entropy), createdAt: now)
    } else {
        throw .subjectNotFound
    }
    if let key = command.facts.idempotencyKey {
        if let answer = try next.rememberedAnswer(for: key, at: now) {
            return Decision(effect: nil, outcome: try command.recall(answer, from: next, context))
        }
    }
    let outcome = try command.apply(to: &next, &context)
    guard let event = context.event else { return Decision(effect: nil, outcome: outcome) }
    if event.kind == .subjectErased {
        return Decision(
            effect: .init(change: .erase, pseudonym: next.pseudonym, event: event), outcome: outcome)
    }
    next.forgetOldAnswers(at: now)
    if let key = command.facts.idempotencyKey {
        next.remember(command.remembered(outcome), for: key, at: now)
    }
    return Decision(effect: .init(change: .put(next), pseudonym: next.pseudonym, event: event), outcome: outcome)
}

extension SubjectState {
    fileprivate func rememberedAnswer(
        for key: IdempotencyKey, at now: Timestamp
    ) throws(Refusal) -> RememberedAnswer? {
        guard let record = idempotencyRecords.first(where: { $0.key.key == key.digests.key }),
            now.millisecondsSince(record.at) < DomainSettings.idempotencyLifetimeSeconds * 1000
        else { return nil }
        guard record.key.body == key.digests.body else { throw .idempotencyKeyReused }
        if record.answer.isSecret,
            now.millisecondsSince(record.at) > DomainSettings.secretAnswerLifetimeSeconds * 1000
        {
            throw .idempotentAnswerGone
        }
        return record.answer
    }

    fileprivate mutating func forgetOldAnswers(at now: Timestamp) {
        idempotencyRecords.removeAll {
            now.millisecondsSince($0.at) >= DomainSettings.idempotencyLifetimeSeconds * 1000
        }
        for index in idempotencyRecords.indices
        where now.millisecondsSince(idempotencyRecords[index].at) > DomainSettings.secretAnswerLifetimeSeconds * 1000 {
            idempotencyRecords[index].answer.backupCodes = []
        }
    }

    fileprivate mutating func remember(_ answer: RememberedAnswer, for key: IdempotencyKey, at now: Timestamp) {
        idempotencyRecords.removeAll { $0.key.key == key.digests.key }
        idempotencyRecords.append(IdempotencyRecord(key: key.digests, at: now, answer: answer))
        if idempotencyRecords.count > DomainSettings.maxIdempotencyRecords { idempotencyRecords.removeFirst() }
    }
}
