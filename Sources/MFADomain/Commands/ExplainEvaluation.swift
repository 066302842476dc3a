/// What Evaluate would answer, and from what it follows. Changes nothing.
public struct ExplainEvaluation: SubjectCommand {
    public var facts: CallFacts { command.facts }
    private let command: Evaluate

    public init(_ command: Evaluate) {
        self.command = command
    }

    public struct Outcome: Sendable, Hashable {
        public let facts: EvaluationFacts
        /// Without a token.
        public let answer: Evaluate.Outcome
        /// What holds for the subject and the action.
        public let rules: PolicyRules
        /// Places of the overrides that match, in the policy.
        public let overrides: [Int]
        /// Whether the policy obliges the subject to have a factor.
        public let isObliged: Bool
        /// When grace began; nil where it would begin with the question.
        public let graceStartedAt: Timestamp?
    }

    public func apply(to state: inout SubjectState, _ context: inout DecisionContext) throws(Refusal) -> Outcome {
        let policy = context.settings.policy
        let graceStartedAt = state.graceStartedAt
        // Without an event what this does to the state is dropped.
        let (facts, answer) = command.answer(in: &state, context)
        let (tenant, groups) = (context.key.tenant, facts.groups)
        return Outcome(
            facts: facts,
            answer: Evaluate.Outcome(evaluation: answer.evaluation, deviceToken: "", factors: answer.factors),
            rules: policy.rules(tenant: tenant, groups: groups, action: facts.action),
            overrides: policy.overrides.indices.filter {
                policy.overrides[$0].matches(tenant: tenant, groups: groups, action: facts.action)
            },
            isObliged: policy.obliges(facts.subjectKind, groups: groups, tenant: tenant),
            graceStartedAt: graceStartedAt)
    }

    public func remembered(_ outcome: Outcome) -> RememberedAnswer { RememberedAnswer() }

    public func recall(_ recollection: Recollection, from state: SubjectState) throws(Refusal) -> Outcome {
        throw .idempotentAnswerGone
    }
}
