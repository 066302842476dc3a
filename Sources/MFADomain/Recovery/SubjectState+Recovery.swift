extension SubjectState {
    /// The recovery that is meant: the one of this id, or, without one, the last.
    func recovery(_ id: RecoveryID?) throws(Refusal) -> Recovery {
        guard let recovery, id == nil || recovery.id == id else { throw .recoveryNotFound }
        return recovery
    }

    /// True while the last year has room for one more.
    func mayRecoverAgain(_ context: DecisionContext) -> Bool {
        recoveryApprovals.count { !context.now.isPast(seconds: Self.yearSeconds, after: $0) }
            < context.settings.policy.recovery.maxPerYear
    }

    mutating func countApproval(_ context: DecisionContext) {
        recoveryApprovals.removeAll { context.now.isPast(seconds: Self.yearSeconds, after: $0) }
        recoveryApprovals.append(context.now)
    }

    private static var yearSeconds: Int64 { 365 * 86_400 }

    /// Stops an open recovery, takes back a code that is on its way, and tells the person.
    ///
    /// - Returns: what to note of it; nil when none was open.
    mutating func cancelRecovery(
        _ cancellation: Recovery.Cancellation, _ context: inout DecisionContext
    ) -> RecoveryAct? {
        guard var recovery, recovery.isOpen(at: context.now) else { return nil }
        if let messageID = recovery.code?.messageID { context.change(.remove(messageID)) }
        recovery.cancel(cancellation, at: context.now)
        self.recovery = recovery
        tell(.init(.recoveryCancelled), to: recipients(context), &context)
        return RecoveryAct(recovery)
    }

    /// The recovery that a proof was given for, while the proof is good.
    func recovery(provenBy proof: VerificationID, at now: Timestamp) -> RecoveryID? {
        guard let recovery, recovery.state(at: now) == .redeemed, let redemption = recovery.redemption,
            redemption.proof == proof, now.isWithin(seconds: DomainSettings.proofLifetimeSeconds, after: redemption.at)
        else { return nil }
        return recovery.id
    }

    /// Makes the new factor the only one: what the person lost, somebody may have found.
    mutating func completeRecovery(with index: Int, _ context: inout DecisionContext) {
        let recipients = recipients(context)
        let factorID = factors[index].id
        for other in factors.indices where other != index && !factors[other].isEnded(at: context.now) {
            factors[other].end(as: .revoked)
        }
        trustedDevices = []
        recentVerifications = []
        recovery?.complete(with: factorID, at: context.now)
        tell(.init(.recoveryCompleted), to: recipients, &context)
    }
}

extension LookupSecretHash {
    /// Of a code that is shown once, for one purpose and one recovery or factor of one person.
    func digest<Tag>(_ purpose: String, _ code: BackupCode, _ id: ID<Tag>, of pseudonym: Pseudonym) -> [UInt8] {
        digest(purpose, id.text + code.text, of: pseudonym)
    }

    /// Compares what a person typed, in constant time.
    func isDigest<Tag>(
        _ digest: [UInt8], of purpose: String, typed: String, _ id: ID<Tag>, of pseudonym: Pseudonym
    ) -> Bool {
        guard let code = BackupCode(typed: typed) else { return false }
        return isDigest(digest, of: purpose, id.text + code.text, of: pseudonym)
    }
}
