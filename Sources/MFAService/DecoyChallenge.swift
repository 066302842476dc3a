public import MFADomain

/// A challenge that nobody was asked, for callers who must not learn who exists (CONTROLS row 34). Its id says when it
/// began, to this server alone, so that it comes to its end like any other.
public struct DecoyChallenge: Sendable, Hashable {
    public let id: ChallengeID
    public let createdAt: Timestamp
    /// Of a challenge of the kind that it stands for.
    public let lifetimeSeconds: Int64
}

extension MFAService {
    /// The tenant whose subjects are nobody. No caller can name it.
    private static let decoyTenant = "\u{1}decoy"
    private static let decoySubjects = 256

    public func makeDecoyChallenge(isPush: Bool) -> DecoyChallenge {
        let now = now
        return decoy(keyRing.decoyID(at: now, mark: isPush), at: now, isPush: isPush)
    }

    private func decoy(_ id: ChallengeID, at createdAt: Timestamp, isPush: Bool) -> DecoyChallenge {
        DecoyChallenge(
            id: id, createdAt: createdAt, lifetimeSeconds: domainSettings.challengeLifetimeSeconds(isPush: isPush))
    }

    /// Nil for an id that this server did not make up.
    public func decoyChallenge(_ id: ChallengeID) -> DecoyChallenge? {
        let (createdAt, isPush) = keyRing.decoy(in: id)
        guard createdAt <= now, !now.isPast(seconds: 86_400, after: createdAt) else { return nil }
        return decoy(id, at: createdAt, isPush: isPush)
    }

    /// What a decoy shows to a caller that delivers codes, or numbers, by itself.
    public func makeDecoyCodes() -> (code: String, number: String) {
        var entropy = entropy()
        return (
            OutOfBandCode.make(digits: domainSettings.outOfBandDigits, entropy: &entropy),
            OutOfBandCode.make(digits: domainSettings.pushNumberDigits, entropy: &entropy)
        )
    }

    /// Takes as long as a decision about somebody: writes one about nobody.
    public func decideAboutNobody(_ facts: CallFacts) async {
        let nobody = SubjectKey(
            tenant: Self.decoyTenant, subject: String(UInt64.random(in: 0..<UInt64(Self.decoySubjects))))
        let facts = CallFacts(caller: facts.caller, requestID: facts.requestID)
        // Where it fails, the decision about somebody would have failed too.
        _ = try? await perform(PutSubject(facts: facts, profile: Profile()), on: nobody)
    }
}
