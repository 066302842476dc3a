/// Withdraws a challenge. One that has ended stays as it is.
public struct CancelChallenge: SubjectCommand {
    public let facts: CallFacts
    let challengeID: ChallengeID

    public init(facts: CallFacts, challengeID: ChallengeID) {
        self.facts = facts
        self.challengeID = challengeID
    }

    public func apply(to state: inout SubjectState, _ context: inout DecisionContext) throws(Refusal) -> Challenge {
        let index = try state.challengeIndex(challengeID, of: facts.caller)
        if state.challenges[index].storedState == .pending {
            state.withdraw(index)
            context.record(.challengeCancelled, factor: state.factor(state.challenges[index].factorID))
            context.annotate { $0.challengeID = challengeID }
        }
        return state.challenges[index]
    }

    public func remembered(_ outcome: Challenge) -> RememberedAnswer {
        var answer = RememberedAnswer()
        answer.challengeID = outcome.id
        return answer
    }

    public func recall(_ recollection: Recollection, from state: SubjectState) throws(Refusal) -> Challenge {
        guard let challenge = state.challenge(challengeID) else { throw .idempotentAnswerGone }
        return challenge
    }
}
