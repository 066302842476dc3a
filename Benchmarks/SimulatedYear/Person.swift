internal import MFADomain

/// One subject under the pure decider, who signs in once a day with an authenticator app, and the one who guesses.
struct Person {
    private var state: SubjectState?
    private var chance: Chance
    private let settings: DomainSettings
    private let credential: TOTPCredential
    private(set) var decisions = 0
    var now: Timestamp

    private static let key = SubjectKey(tenant: "t", subject: "s")
    private static let facts = CallFacts(caller: "backend", requestID: "r")
    private static let lookupSecrets = LookupSecretHash(key: Array(repeating: 7, count: 32))

    init(seed: UInt64, at moment: Timestamp, settings: DomainSettings) throws {
        var enrolling = Person(chance: Chance(seed: seed), settings: settings, now: moment)
        let offer = try enrolling.run(
            StartEnrollment(facts: Self.facts, wanted: .totp(.standard), name: "", proof: nil))
        guard let factor = offer.factor, let credential = factor.totp else { throw Refusal.factorNotFound }
        let code = Self.code(credential, at: moment)
        _ = try enrolling.run(ActivateFactor(facts: Self.facts, factorID: factor.id, proof: .code(code)))
        self = Person(
            state: enrolling.state, chance: enrolling.chance, settings: settings, credential: credential,
            now: moment)
    }

    private init(
        state: SubjectState? = nil, chance: Chance, settings: DomainSettings,
        credential: TOTPCredential = TOTPCredential(secret: [], parameters: .standard), now: Timestamp
    ) {
        self.state = state
        self.chance = chance
        self.settings = settings
        self.credential = credential
        self.now = now
    }

    private mutating func run<Command: SubjectCommand>(_ command: Command) throws -> Command.Outcome {
        decisions += 1
        let decision = try decide(
            SubjectRecord(state: state), of: Self.key, command, now: now, entropy: Chance(seed: chance.next()),
            settings: settings, lookupSecrets: Self.lookupSecrets)
        if case .put(let state) = decision.effect?.change { self.state = state }
        return decision.outcome
    }

    /// A sign-in from home: the policy is asked, and answered with a code. False when it was not accepted.
    mutating func signIn() throws -> Bool {
        var home = Signals()
        (home.fingerprint, home.network) = ("laptop", "4:192.0.2")
        _ = try ask(home)
        return try verify(Self.code(credential, at: now), home).verdict == .accepted
    }

    /// Guesses, from far away, until no more than so many failures are left before the factor locks.
    ///
    /// - Returns: the guesses that were looked at, and whether the last one was right.
    mutating func guess(leaving attemptsLeft: Int) throws -> (count: Int, isRight: Bool) {
        var abroad = Signals()
        (abroad.fingerprint, abroad.network) = ("other", "4:203.0.113")
        var (count, left) = (0, attempts)
        if left > attemptsLeft { _ = try ask(abroad) }
        while left > attemptsLeft {
            // Any of them is as good as another one.
            let digits = String(chance.next(upperBound: UInt64(1_000_000)))
            let outcome = try verify(String(repeating: "0", count: 6 - digits.count) + digits, abroad)
            if outcome.verdict != .rateLimited { count += 1 }
            if outcome.verdict == .accepted { return (count, true) }
            now = now.adding(seconds: outcome.retryAfterMilliseconds / 1000)
            left = outcome.attemptsLeft
        }
        return (count, false)
    }

    /// What is left before the factor locks. The one who guesses is taken to know.
    private var attempts: Int {
        state?.factors.first { $0.kind == .totp }?.budget.attemptsLeft(at: now, settings) ?? 0
    }

    private mutating func ask(_ signals: Signals) throws -> Requirement {
        try run(
            Evaluate(
                facts: Self.facts, action: "sign_in", sensitivity: .ordinary, signals: signals, verification: nil,
                primary: nil)
        ).evaluation.requirement
    }

    private mutating func verify(_ code: String, _ signals: Signals) throws -> Verify.Outcome {
        try run(Verify(facts: Self.facts, target: .kind(.totp), code: code, signals: signals))
    }

    private static func code(_ credential: TOTPCredential, at moment: Timestamp) -> String {
        TOTP.text(
            secret: credential.secret, step: credential.parameters.step(at: moment), parameters: credential.parameters)
    }
}
