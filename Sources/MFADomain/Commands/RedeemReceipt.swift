/// Spends the receipt of a verification.
public struct RedeemReceipt: SubjectCommand {
    /// How long a receipt is good (CONTROLS row 84).
    public static let lifetimeSeconds: Int64 = 60

    public let facts: CallFacts
    let verificationID: VerificationID

    public init(facts: CallFacts, verificationID: VerificationID) {
        self.facts = facts
        self.verificationID = verificationID
    }

    public func apply(to state: inout SubjectState, _ context: inout DecisionContext) throws(Refusal) -> Verdict {
        guard let index = state.recentVerifications.firstIndex(where: { $0.id == verificationID }),
            context.now.isWithin(seconds: Self.lifetimeSeconds, after: state.recentVerifications[index].at)
        else { return .expired }
        let factor = state.factor(state.recentVerifications[index].factorID)
        let isSpent = state.recentVerifications[index].isRedeemed
        state.recentVerifications[index].isRedeemed = true
        let verdict = isSpent ? Verdict.replayed : .accepted
        context.record(.receiptRedeemed, factor: factor, verdict: verdict)
        return verdict
    }

    public func remembered(_ outcome: Verdict) -> RememberedAnswer {
        var answer = RememberedAnswer()
        answer.verdict = outcome
        return answer
    }

    public func recall(_ recollection: Recollection, from state: SubjectState) throws(Refusal) -> Verdict {
        guard let verdict = recollection.answer.verdict else { throw .idempotentAnswerGone }
        return verdict
    }
}
