import MFADomain
import MFATesting
import Testing

@Suite("Rehearsal")
struct RehearsalTests {
    static let now = Timestamp(seconds: 1_700_000_000)
    static let standard = Policy(version: "old")

    static func policy(_ change: (inout PolicyRules) -> Void) -> Policy {
        var rules = PolicyRules()
        change(&rules)
        return Policy(version: "new", rules: rules)
    }

    static func subject(
        _ seed: UInt64, _ groups: [String] = [], kind: Profile.Kind = .human, factor: Bool = false, grace: Int64 = 0
    ) -> SubjectState {
        var entropy = SeededEntropy(seed: seed)
        var factors: [Factor] = []
        if factor {
            let address = AddressCredential(address: Address(kind: .phone, value: "+41791234567"), country: "CH")
            var one = Factor(
                id: FactorID(entropy: &entropy), kind: .sms, state: .active, name: "", createdAt: now,
                credential: .address(address), binding: .first)
            one.activatedAt = now
            factors = [one]
        }
        return SubjectState(
            pseudonym: Pseudonym(entropy: &entropy), createdAt: now, profile: Profile(kind: kind, groups: groups),
            factors: factors, graceStartedAt: now.adding(seconds: -grace))
    }

    static func rehearsal(_ proposed: Policy, against inForce: Policy = standard) -> Rehearsal {
        Rehearsal(of: proposed, against: inForce, tenant: "t", administratorGroups: ["admins"], at: now)
    }

    private func place(_ population: Rehearsal.Population, _ question: Rehearsal.Question) -> Rehearsal.Place {
        Rehearsal.Place(population: population, question: question)
    }

    @Test("The same policy changes nothing, whoever is asked")
    func same() {
        var rehearsal = Self.rehearsal(Self.policy { _ in })
        rehearsal.add("a", Self.subject(1), recorded: [])
        rehearsal.add("b", Self.subject(2, factor: true), recorded: [])
        rehearsal.add("c", Self.subject(3, ["admins"], kind: .serviceAccount), recorded: [])
        for row in rehearsal.totals.values { #expect(Requirement.allCases.allSatisfy { row.changed[$0] == 0 }) }
        #expect(rehearsal.newlyDenied.isEmpty)
        #expect(rehearsal.totals[.people]?.subjectCount == 2)
    }

    @Test("People, administrators and service accounts are counted apart, each situation by itself")
    func populations() throws {
        var rehearsal = Self.rehearsal(
            Self.policy {
                $0.responses[.newDevice] = .deny
                $0.excludesServiceAccounts = false
            })
        rehearsal.add("a", Self.subject(1, ["staff"], factor: true), recorded: [])
        rehearsal.add("b", Self.subject(2, ["staff", "admins"], factor: true), recorded: [])
        rehearsal.add("c", Self.subject(3, ["admins"], kind: .serviceAccount, factor: true), recorded: [])
        for population in Rehearsal.Population.allCases {
            #expect(rehearsal.totals[population]?.subjectCount == 1, "\(population)")
            let new = try #require(rehearsal.byQuestion[place(population, .newDevice)])
            #expect(new.changed[.deny] == 1 && new.proposed[.deny] == 1 && new.inForce[.deny] == 0)
            let known = try #require(rehearsal.byQuestion[place(population, .knownDevice)])
            #expect(known.inForce[.allow] == 1 && known.proposed[.allow] == 1 && known.changed[.allow] == 0)
            #expect(rehearsal.byQuestion[place(population, .recorded)] == nil)
        }
        let sensitive = try #require(rehearsal.byQuestion[place(.serviceAccounts, .sensitiveAction)])
        #expect(sensitive.inForce[.allow] == 1 && sensitive.changed[.require] == 1, "no longer excluded")
        #expect(rehearsal.newlyDenied == ["a", "b", "c"])
        let reason = try #require(rehearsal.byReason[.newDevice])
        #expect(reason.inForce[.prompt] == 2 && reason.proposed[.deny] == 3 && reason.changed[.deny] == 3)
    }

    @Test("A shorter grace tells those to enroll whose time would be over, and nobody else")
    func grace() throws {
        let day: Int64 = 86_400
        var rehearsal = Self.rehearsal(Self.policy { $0.graceSeconds = 5 * day })
        for (number, age) in [0, 4, 5, 6, 29].enumerated() {
            rehearsal.add("s\(number)", Self.subject(UInt64(number) + 1, grace: Int64(age) * day), recorded: [])
        }
        let row = try #require(rehearsal.byQuestion[place(.people, .knownDevice)])
        #expect(row.inForce[.allow] == 5 && row.proposed[.allow] == 2 && row.changed[.enroll] == 3)
        #expect(rehearsal.byReason[.graceOver]?.changed[.enroll] == 3)
    }

    @Test("Grace that no policy has begun begins with the question, under the policy that obliges")
    func unbegunGrace() throws {
        var entropy = SeededEntropy(seed: 1)
        let state = SubjectState(pseudonym: Pseudonym(entropy: &entropy), createdAt: Self.now)
        var free = PolicyRules()
        free.allUsers = false
        var rehearsal = Self.rehearsal(Self.policy { _ in }, against: Policy(version: "free", rules: free))
        rehearsal.add("a", state, recorded: [])
        #expect(rehearsal.byQuestion[place(.people, .knownDevice)]?.proposed[.allow] == 1)
        #expect(rehearsal.byReason[.notEnforced]?.inForce[.allow] == 1)
        #expect(rehearsal.byReason[.graceRunning]?.proposed[.allow] == 1)
    }

    @Test("What the audit has is asked with its own device, place, action and score; a subject counts once")
    func recorded() throws {
        var recorded = RecordedSituations()
        let state = Self.subject(1, factor: true)
        func record(_ device: EvaluationFacts.Device, _ score: Int?) -> EvaluationRecord {
            EvaluationRecord(
                requirement: .allow, reasons: [], policyVersion: "x", action: "pay", sensitivity: .ordinary,
                device: device, isLocationNew: false, riskScore: score)
        }
        for _ in 0..<3 { recorded.add(record(.known, 90), of: state.pseudonym) }
        recorded.add(record(.known, 10), of: state.pseudonym)
        recorded.add(record(.known, nil), of: state.pseudonym)
        var rehearsal = Self.rehearsal(Self.policy { $0.responses[.highRisk] = .deny })
        rehearsal.add("a", state, recorded: recorded.situations(of: state.pseudonym))
        rehearsal.add("b", Self.subject(2), recorded: recorded.situations(of: Self.subject(2).pseudonym))
        let row = try #require(rehearsal.byQuestion[place(.people, .recorded)])
        #expect(row.subjectCount == 1 && row.inForce[.allow] == 1)
        #expect(row.proposed[.allow] == 1 && row.proposed[.deny] == 1 && row.changed[.deny] == 1)
        #expect(rehearsal.evaluations.subjectCount == 5 && recorded.count == 5)
        #expect(rehearsal.evaluations.changed[.deny] == 4, "three high ones and one without a score")
    }

    @Test("Groups are counted by subject, however often one names its group")
    func groups() throws {
        var rehearsal = Self.rehearsal(Self.policy { $0.responses[.everySignIn] = .deny })
        rehearsal.add("a", Self.subject(1, ["x", "y", "x"]), recorded: [])
        rehearsal.add("b", Self.subject(2, ["y"]), recorded: [])
        rehearsal.finish()
        #expect(rehearsal.groups.map(\.name) == ["y", "x"] && rehearsal.groups.map(\.row.subjectCount) == [2, 1])
        #expect(rehearsal.groups.map { $0.row.changed[.deny] } == [2, 1] && !rehearsal.hasMoreGroups)
    }

    @Test("What others choose is bounded: groups, examples, and what is kept of the audit")
    func bounds() {
        var rehearsal = Self.rehearsal(Self.policy { $0.responses[.everySignIn] = .deny })
        for number in 0..<400 {
            let groups = (0..<32).map { "g\(number)-\($0)" }
            rehearsal.add("s\(number)", Self.subject(UInt64(number) + 1, groups), recorded: [])
        }
        rehearsal.finish()
        #expect(rehearsal.groups.count == Rehearsal.maxGroups && rehearsal.hasMoreGroups)
        #expect(rehearsal.newlyDenied.count == Rehearsal.maxNewlyDenied)
        #expect(rehearsal.newlyDenied.first == "s0")
        var recorded = RecordedSituations()
        let names = (1...2_000).map { Self.subject(UInt64($0)).pseudonym }
        for number in 0..<20_000 {
            recorded.add(
                EvaluationRecord(
                    requirement: .allow, reasons: [], policyVersion: "", action: "a\(number)", sensitivity: nil,
                    device: .new, isLocationNew: true, riskScore: nil), of: names[number % 50])
        }
        #expect(recorded.count == 20_000)
        #expect(names.allSatisfy { recorded.situations(of: $0).count <= 16 })
    }
}

@Suite("Explaining an evaluation")
struct ExplainEvaluationTests {
    private static func explain(_ signals: Signals, verification: VerificationID? = nil) -> ExplainEvaluation {
        ExplainEvaluation(
            Evaluate(
                facts: .test(), action: "sign_in", sensitivity: .ordinary, signals: signals,
                verification: verification, primary: nil))
    }

    @Test("It answers as Evaluate does, and changes nothing: no event, no grace, no token is used up")
    func changesNothing() throws {
        var (simulation, credential) = try EvaluationRuleTests.settled()
        simulation.advance(seconds: 30)
        let proof = try simulation.prove(credential, signals: EvaluationRuleTests.signals())
        let trusted = try simulation.run(
            TrustDevice(facts: .test(), proof: proof, name: "Laptop", signals: EvaluationRuleTests.signals()))
        let (state, events) = (simulation.state, simulation.events.count)
        let signals = EvaluationRuleTests.signals(token: trusted.token, network: "4:198.51.100")
        for _ in 0..<3 {
            let found = try simulation.run(Self.explain(signals))
            #expect(found.answer.evaluation.requirement == .allow && found.facts.device == .remembered)
            #expect(found.answer.evaluation.reasons == [.newLocation, .deviceRemembered])
            #expect(found.answer.deviceToken.isEmpty)
        }
        #expect(simulation.state == state && simulation.events.count == events)
        let asked = try simulation.evaluate(signals)
        #expect(asked.requirement == .allow, "the token is as good as it was")
        #expect(try simulation.run(Self.explain(signals)).answer.evaluation.reasons.contains(.deviceTokenReused))
    }

    @Test("It tells rules, overrides that match, and grace that would begin")
    func tells() throws {
        var settings = DomainSettings()
        var free = PolicyRules()
        free.allUsers = false
        settings.policy = Policy(version: "free", rules: free)
        var simulation = Simulation(settings: settings)
        _ = try simulation.run(PutSubject(facts: .test(), profile: Profile(groups: ["staff"])))
        #expect(try simulation.run(Self.explain(Signals())).isObliged == false)
        var (staff, others) = (PolicyOverride(), PolicyOverride())
        staff.groups = ["staff"]
        staff.changes.graceSeconds = 3_600
        others.groups = ["others"]
        others.changes.graceSeconds = 60
        simulation.settings.policy = Policy(version: "strict", overrides: [others, staff])
        let found = try simulation.run(Self.explain(Signals()))
        #expect(found.isObliged && found.overrides == [1] && found.rules.graceSeconds == 3_600)
        #expect(found.graceStartedAt == nil)
        #expect(found.answer.evaluation.graceEndsAt == simulation.now.adding(seconds: 3_600))
        #expect(found.answer.evaluation.reasons.last == .graceRunning)
        #expect(simulation.state?.graceStartedAt == nil)
    }

    @Test("It makes no subject")
    func unknown() {
        var simulation = Simulation()
        #expect(throws: Refusal.subjectNotFound) { try simulation.run(Self.explain(Signals())) }
    }
}
