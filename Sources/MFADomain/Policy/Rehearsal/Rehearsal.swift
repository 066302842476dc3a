/// Asks two policies the same questions about one subject after the other, and keeps numbers. Pure.
public struct Rehearsal: Sendable {
    /// Raw values are those of the wire.
    public enum Population: Int, Sendable, Hashable, CaseIterable {
        case people = 1
        case administrators = 2
        case serviceAccounts = 3
    }

    /// Raw values are those of the wire.
    public enum Question: Int, Sendable, Hashable, CaseIterable {
        case knownDevice = 1
        case newDevice = 2
        case sensitiveAction = 3
        /// What the audit has.
        case recorded = 4

        /// What is asked of everybody; nil where the audit says it. Without a verification, as at the beginning of a
        /// sign-in.
        var situation: Situation? {
            let known = Situation(
                action: "sign_in", sensitivity: .ordinary, device: .known, isLocationNew: false, riskScore: 1)
            switch self {
            case .knownDevice: return known
            case .newDevice:
                return Situation(
                    action: "sign_in", sensitivity: .ordinary, device: .new, isLocationNew: true, riskScore: nil)
            case .sensitiveAction:
                var sensitive = known
                (sensitive.action, sensitive.sensitivity) = ("", .sensitive)
                return sensitive
            case .recorded: return nil
            }
        }
    }

    /// Where a row of numbers stands.
    public struct Place: Sendable, Hashable {
        public let population: Population
        public let question: Question

        public init(population: Population, question: Question) {
            self.population = population
            self.question = question
        }
    }

    public static let maxNewlyDenied = 100
    public static let maxGroups = 100
    /// While it is counted, which of them will have the most to tell is not known.
    private static let maxCountedGroups = 10_000
    private static let fixed = Question.allCases.compactMap { question in question.situation.map { (question, $0) } }

    public let inForce: Policy
    public let proposed: Policy
    private let tenant: String
    private let administratorGroups: Set<String>
    private let now: Timestamp

    public private(set) var totals: [Population: RehearsalRow] = [:]
    public private(set) var byQuestion: [Place: RehearsalRow] = [:]
    public private(set) var byReason: [EvaluationReason: RehearsalRow] = [:]
    private var byGroup: [String: RehearsalRow] = [:]
    /// Those with most subjects newly denied, then newly told to enroll, then with most subjects; once it is finished.
    public private(set) var groups: [(name: String, row: RehearsalRow)] = []
    /// True when there are groups that are in no row.
    public private(set) var hasMoreGroups = false
    /// Recorded evaluations instead of subjects.
    public private(set) var evaluations = RehearsalRow()
    /// Subjects that would newly be denied something: the first ones.
    public private(set) var newlyDenied: [String] = []
    /// Of the subject at hand, by the reasons' raw values.
    private var answersByReason = Array(
        repeating: ComparedAnswers(), count: 1 + (EvaluationReason.allCases.map(\.rawValue).max() ?? 0))

    /// - Parameter administratorGroups: groups whose people are administrators.
    public init(
        of proposed: Policy, against inForce: Policy, tenant: String, administratorGroups: Set<String>,
        at now: Timestamp
    ) {
        self.proposed = proposed
        self.inForce = inForce
        self.tenant = tenant
        self.administratorGroups = administratorGroups
        self.now = now
    }

    public mutating func add(
        _ subject: String, _ state: SubjectState, recorded: [(situation: Situation, count: Int)]
    ) {
        let population = population(of: state.profile)
        var comparison = Comparison(subject, state, self)
        var all = ComparedAnswers()
        for (question, situation) in Self.fixed {
            let answers = comparison.ask(situation, &answersByReason)
            byQuestion[Place(population: population, question: question), default: RehearsalRow()].add(answers)
            all.formUnion(answers)
        }
        if !recorded.isEmpty {
            var together = ComparedAnswers()
            for (situation, count) in recorded {
                let answers = comparison.ask(situation, &answersByReason)
                evaluations.add(answers, count)
                together.formUnion(answers)
            }
            byQuestion[Place(population: population, question: .recorded), default: RehearsalRow()].add(together)
            all.formUnion(together)
        }
        totals[population, default: RehearsalRow()].add(all)
        if all.changed.contains(.deny), newlyDenied.count < Self.maxNewlyDenied { newlyDenied.append(subject) }
        for reason in EvaluationReason.allCases where !answersByReason[reason.rawValue].isEmpty {
            byReason[reason, default: RehearsalRow()].add(answersByReason[reason.rawValue])
            answersByReason[reason.rawValue] = ComparedAnswers()
        }
        count(all, in: state.profile.groups)
    }

    private mutating func count(_ answers: ComparedAnswers, in groups: [String]) {
        for (index, group) in groups.enumerated() where !groups[..<index].contains(group) {
            guard byGroup[group] != nil || byGroup.count < Self.maxCountedGroups else {
                hasMoreGroups = true
                continue
            }
            byGroup[group, default: RehearsalRow()].add(answers)
        }
    }

    /// After the last subject: keeps the groups that are worth telling, in their order.
    public mutating func finish() {
        let ordered = byGroup.sorted { $0.value.weight($0.key) > $1.value.weight($1.key) }
        groups = ordered.prefix(Self.maxGroups).map { ($0.key, $0.value) }
        hasMoreGroups = hasMoreGroups || ordered.count > groups.count
        byGroup = [:]
    }

    private func population(of profile: Profile) -> Population {
        if profile.kind == .serviceAccount { return .serviceAccounts }
        return profile.groups.contains(where: administratorGroups.contains) ? .administrators : .people
    }

    /// One subject between the two policies.
    private struct Comparison {
        let inForce: Policy
        let proposed: Policy
        let now: Timestamp
        var facts: EvaluationFacts
        // Grace that has not begun begins with the question, where the policy obliges.
        let graceInForce: Timestamp?
        let graceProposed: Timestamp?

        init(_ subject: String, _ state: SubjectState, _ rehearsal: Rehearsal) {
            (inForce, proposed, now) = (rehearsal.inForce, rehearsal.proposed, rehearsal.now)
            let (tenant, profile) = (rehearsal.tenant, state.profile)
            facts = EvaluationFacts(
                key: SubjectKey(tenant: tenant, subject: subject), subjectKind: profile.kind, groups: profile.groups,
                usableKinds: state.usableKinds(at: rehearsal.now), unusableKinds: state.unusableKinds(at: rehearsal.now)
            )
            graceInForce = state.graceStart(under: rehearsal.inForce, tenant: tenant, at: rehearsal.now)
            graceProposed = state.graceStart(under: rehearsal.proposed, tenant: tenant, at: rehearsal.now)
        }

        mutating func ask(_ situation: Situation, _ byReason: inout [ComparedAnswers]) -> ComparedAnswers {
            facts.action = situation.action
            facts.sensitivity = situation.sensitivity
            facts.device = situation.device
            facts.isLocationNew = situation.isLocationNew
            facts.riskScore = situation.riskScore
            facts.graceStartedAt = graceInForce
            let before = inForce.decide(facts, at: now)
            facts.graceStartedAt = graceProposed
            let after = proposed.decide(facts, at: now)
            var answers = ComparedAnswers()
            answers.inForce.insert(before.requirement)
            answers.proposed.insert(after.requirement)
            let isChanged = before.requirement != after.requirement
            if isChanged { answers.changed.insert(after.requirement) }
            for reason in before.reasons { byReason[reason.rawValue].inForce.insert(before.requirement) }
            for reason in after.reasons {
                byReason[reason.rawValue].proposed.insert(after.requirement)
                if isChanged { byReason[reason.rawValue].changed.insert(after.requirement) }
            }
            return answers
        }
    }
}
