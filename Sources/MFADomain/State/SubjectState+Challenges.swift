extension SubjectState {
    /// Challenges that no answer has ended yet; some may have run out of time.
    var openChallenges: [Challenge] {
        challenges.isEmpty ? [] : challenges.filter { $0.storedState == .pending }
    }

    public func challenge(_ id: ChallengeID) -> Challenge? {
        challenges.first { $0.id == id }
    }

    /// The place of a challenge that this caller started. To others it does not exist (CONTROLS row 20).
    func challengeIndex(_ id: ChallengeID, of caller: String) throws(Refusal) -> Int {
        guard let index = challenges.firstIndex(where: { $0.id == id && $0.caller == caller }) else {
            throw .challengeNotFound
        }
        return index
    }

    /// The open challenge of a factor, if any; there is at most one.
    func openChallengeIndex(of factorID: FactorID) -> Int? {
        challenges.firstIndex { $0.factorID == factorID && $0.storedState == .pending }
    }

    /// Adds a challenge, in place of the factor's open one. The oldest ended ones are forgotten.
    mutating func add(_ challenge: Challenge) {
        if let index = openChallengeIndex(of: challenge.factorID) { withdraw(index) }
        challenges.append(challenge)
        var surplus = challenges.count { $0.storedState != .pending } - DomainSettings.maxEndedChallenges
        challenges.removeAll { challenge in
            guard surplus > 0, challenge.storedState != .pending else { return false }
            surplus -= 1
            return true
        }
    }

    /// Cancels an open challenge. A person whose device was asked and did not answer counts as one who ignored it:
    /// otherwise starting and cancelling would ask without end (CONTROLS row 31).
    mutating func withdraw(_ index: Int) {
        challenges[index].cancel()
        noteRefusal(of: challenges[index])
    }

    /// Counts a push challenge that was not approved.
    mutating func noteRefusal(of challenge: Challenge) {
        guard challenge.kind == .push, let index = factors.firstIndex(where: { $0.id == challenge.factorID }),
            var credential = factors[index].push
        else { return }
        credential.refusals += 1
        factors[index].credential = .push(credential)
    }

    /// Ends challenges whose time is over or whose factor no longer proves anything, and forgets those that ended a
    /// while ago.
    mutating func settleChallenges(at now: Timestamp) {
        for index in challenges.indices where challenges[index].storedState == .pending {
            if challenges[index].state(at: now) == .expired {
                challenges[index].expire()
                noteRefusal(of: challenges[index])
            } else if !isAskable(challenges[index].factorID, at: now) {
                challenges[index].cancel()
            }
        }
        challenges.removeAll {
            $0.storedState != .pending && now.isPast(seconds: DomainSettings.endedChallengeSeconds, after: $0.expiresAt)
        }
    }

    private func isAskable(_ id: FactorID, at now: Timestamp) -> Bool {
        switch factor(id)?.state(at: now) {
        case .pendingActivation, .active: true
        case .suspended, .revoked, .expired, nil: false
        }
    }

    /// Messages of challenges that were open and no longer have them: what they carry is no longer true.
    func withdrawals(since before: [Challenge]) -> [OutboxChange] {
        before.compactMap { earlier in
            guard let id = earlier.messageID, earlier.deliveryState == .queued else { return nil }
            let present = challenge(earlier.id)
            return present?.storedState == .pending && present?.messageID == id ? nil : .remove(id)
        }
    }
}
