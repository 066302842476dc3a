public import MFADomain

/// One subject under the pure decider, with a clock that is set and chance that repeats.
public struct Simulation {
    public private(set) var state: SubjectState?
    public private(set) var events: [AuditEvent] = []
    /// In the order in which decisions ended them.
    public private(set) var endedChallenges: [ChallengeID] = []
    public var budgets = SimulatedBudgets()
    public private(set) var outbox = SimulatedOutbox()
    public var now: Timestamp
    public var settings: DomainSettings
    private var entropy: SeededEntropy
    private var erasedGraceStartedAt: Timestamp?
    private let lookupSecrets = LookupSecretHash(key: Array(repeating: 7, count: 32))

    public init(seconds: Int64 = 1_700_000_010, seed: UInt64 = 1, settings: DomainSettings = DomainSettings()) {
        now = Timestamp(seconds: seconds)
        entropy = SeededEntropy(seed: seed)
        self.settings = settings
    }

    public mutating func run<Command: SubjectCommand>(_ command: Command) throws -> Command.Outcome {
        var decision = try decide(command, claims: nil)
        // As a store does: the claims are answered, and the decision is made once more.
        if let effect = decision.effect, !effect.claims.isEmpty {
            let claims = effect.claims
            let answers = budgets.answers(to: claims, at: now)
            decision = try decide(command, claims: answers)
            let kept = decision.effect?.claims ?? []
            if answers.grant(kept) { budgets.count(kept, at: now) }
        }
        if let effect = decision.effect {
            events.append(effect.event)
            endedChallenges += effect.endedChallenges
            outbox.apply(effect.outbox)
            switch effect.change {
            case .put(let state): self.state = state
            case .erase(let moment):
                state = nil
                erasedGraceStartedAt = moment
                outbox = SimulatedOutbox()
            }
        }
        return decision.outcome
    }

    private mutating func decide<Command: SubjectCommand>(
        _ command: Command, claims: ClaimAnswers?
    ) throws -> Decision<Command.Outcome> {
        try MFADomain.decide(
            SubjectRecord(state: state, erasedGraceStartedAt: erasedGraceStartedAt),
            of: SubjectKey(tenant: "t", subject: "s"), command, now: now, entropy: SeededEntropy(seed: entropy.next()),
            settings: settings,
            lookupSecrets: lookupSecrets, claims: claims)
    }

    public mutating func advance(seconds: Int64) {
        now = now.adding(seconds: seconds)
    }
}

extension CallFacts {
    /// A caller without special rights.
    public static func test(
        caller: String = "backend", key: IdempotencyKey? = nil, mayBindWithoutProof: Bool = false,
        mayAdminister: Bool = false
    ) -> CallFacts {
        CallFacts(
            caller: caller, requestID: "request-1", mayBindWithoutProof: mayBindWithoutProof,
            mayAdminister: mayAdminister, idempotencyKey: key)
    }
}

extension Simulation {
    /// The code that a factor shows, some steps from now.
    public func code(_ credential: TOTPCredential, stepsAhead: Int64 = 0) -> String {
        TOTP.text(
            secret: credential.secret, step: credential.parameters.step(at: now) + stepsAhead,
            parameters: credential.parameters)
    }

    /// A code of the right form that no step near now has.
    public func wrongCode(_ credential: TOTPCredential, variant: Int = 0) -> String {
        let near = Set((-40...40).map { code(credential, stepsAhead: $0) })
        let candidates = (0..<200).map { "000000\((variant * 211 + $0) % 1_000_000)".suffix(6) }
        return candidates.first { !near.contains(String($0)) }.map(String.init) ?? "000000"
    }

    public mutating func enroll(
        parameters: TOTPParameters = .standard, proof: VerificationID? = nil, facts: CallFacts = .test()
    ) throws -> StartEnrollment.Outcome {
        try run(StartEnrollment(facts: facts, wanted: .totp(parameters), name: "", proof: proof))
    }

    /// Enrolls and activates a TOTP factor with the code of the step before now, so that now's is still unused.
    @discardableResult
    public mutating func activate(
        parameters: TOTPParameters = .standard, proof: VerificationID? = nil, facts: CallFacts = .test()
    ) throws -> (id: FactorID, credential: TOTPCredential, activation: ActivateFactor.Outcome) {
        let offer = try enroll(parameters: parameters, proof: proof, facts: facts)
        let activation = try run(
            ActivateFactor(
                facts: .test(), factorID: offer.id, proof: .code(code(offer.credential, stepsAhead: -1))))
        return (offer.id, offer.credential, activation)
    }

    public mutating func verify(
        _ code: String, _ target: Verify.Target = .kind(.totp), facts: CallFacts = .test()
    ) throws -> Verify.Outcome {
        try run(Verify(facts: facts, target: target, code: code))
    }
}

extension StartEnrollment.Outcome {
    /// The factor's id, for an enrollment that the test knows to have begun.
    public var id: FactorID { factor?.id ?? FactorID(bytes: Array(repeating: 0, count: 16)).unsafelyUnwrapped }

    /// The TOTP credential, for an enrollment of that kind.
    public var credential: TOTPCredential {
        factor?.totp ?? TOTPCredential(secret: [], parameters: .standard)
    }
}

extension ActivateFactor {
    public init(facts: CallFacts, factorID: FactorID, code: String) {
        self.init(facts: facts, factorID: factorID, proof: .code(code))
    }
}
