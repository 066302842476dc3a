import MFADomain
import MFATesting
import Testing

@Suite("Evaluation")
struct EvaluationRuleTests {
    static let month: Int64 = 30 * 86_400

    static func signals(
        token: String = "", fingerprint: String = "laptop", network: String = "4:192.0.2", agent: String = "Firefox/1.0"
    ) -> Signals {
        var signals = Signals()
        signals.deviceToken = token
        signals.fingerprint = fingerprint
        signals.network = network
        signals.userAgent = agent
        return signals
    }

    /// A person with an authenticator app who was verified from one place.
    static func settled(_ settings: DomainSettings = DomainSettings()) throws -> (Simulation, TOTPCredential) {
        var simulation = Simulation(settings: settings)
        _ = try simulation.run(PutSubject(facts: .test(), profile: Profile()))
        let (_, credential, _) = try simulation.activate()
        _ = try simulation.prove(credential, signals: signals())
        simulation.advance(seconds: 60)
        return (simulation, credential)
    }

    @Test("Backup codes that are all spent are nothing to ask with")
    func spentBackupCodes() throws {
        var recovery = RecoveryRules()
        recovery.backupCodeCount = 1
        var settings = DomainSettings()
        settings.policy = Policy(version: "one", recovery: recovery)
        var simulation = Simulation(settings: settings)
        let (id, _, activation) = try simulation.activate()
        _ = try simulation.run(SuspendFactor(facts: .test(), factorID: id))
        let evaluate = Evaluate(
            facts: .test(), action: "pay", sensitivity: .sensitive, signals: Signals(), verification: nil, primary: nil)
        #expect(try simulation.run(evaluate).evaluation.offers == [.backupCodes])
        _ = try simulation.verify(activation.backupCodes[0], .kind(.backupCodes))
        let spent = try simulation.run(evaluate).evaluation
        #expect(spent.requirement == .require && spent.offers.isEmpty && spent.reasons.last == .factorsUnusable)
    }

    @Test("Only an accepted verification makes a device and a place known; e-mail does not")
    func history() throws {
        var (simulation, credential) = try Self.settled()
        #expect(try simulation.evaluate(Self.signals()).requirement == .allow)
        let elsewhere = Self.signals(fingerprint: "phone", network: "4:198.51.100")
        for _ in 0..<3 {
            #expect(try simulation.evaluate(elsewhere).reasons == [.newDevice, .newLocation])
        }
        _ = try simulation.run(
            Verify(facts: .test(), target: .kind(.totp), code: simulation.wrongCode(credential), signals: elsewhere))
        #expect(try simulation.evaluate(elsewhere).requirement == .prompt, "a wrong code makes nothing known")
        simulation.advance(seconds: 60)
        _ = try simulation.prove(credential, signals: elsewhere)
        #expect(try simulation.evaluate(elsewhere).requirement == .allow)
        #expect(try simulation.evaluate(Self.signals()).requirement == .allow, "both are known")
    }

    @Test("What was not seen for the policy's time is new again (CONTROLS row 133)")
    func retention() throws {
        var (simulation, _) = try Self.settled()
        simulation.advance(seconds: 90 * 86_400 - 61)
        #expect(try simulation.evaluate(Self.signals()).requirement == .allow)
        simulation.advance(seconds: 62)
        #expect(try simulation.evaluate(Self.signals()).reasons == [.newDevice, .newLocation])
        #expect(simulation.state?.seenSignals.isEmpty == true, "and gone from the state")
    }

    @Test("The history is bounded, and the oldest goes first")
    func bounded() throws {
        var (simulation, credential) = try Self.settled()
        for number in 0..<30 {
            simulation.advance(seconds: 60)
            _ = try simulation.prove(
                credential, signals: Self.signals(fingerprint: "d\(number)", network: "n\(number)"))
        }
        #expect(simulation.state?.seenSignals.count == 20)
        #expect(try simulation.evaluate(Self.signals()).reasons == [.newDevice, .newLocation])
        #expect(try simulation.evaluate(Self.signals(fingerprint: "d20", network: "n20")).requirement == .allow)
    }

    @Test("Every kind of place that was ever told must be told again: leaving one out makes nothing known")
    func places() throws {
        var (simulation, credential) = try Self.settled()
        var full = Self.signals()
        full.location = "CH/Zurich"
        full.autonomousSystem = "3303"
        _ = try simulation.prove(credential, signals: full)
        #expect(try simulation.evaluate(full).requirement == .allow)
        for change: (inout Signals) -> Void in [
            { $0.network = "" }, { $0.location = "" }, { $0.autonomousSystem = "" }, { $0.location = "FR/Paris" },
            { $0.autonomousSystem = "1" },
        ] {
            var signals = full
            change(&signals)
            #expect(try simulation.evaluate(signals).reasons == [.newLocation])
        }
    }

    @Test("Two subjects' histories cannot be compared, and nothing in them can be read")
    func hashed() throws {
        let digests = try [UInt64(1), 2].map { seed in
            var simulation = Simulation(seed: seed)
            let (_, credential, _) = try simulation.activate()
            _ = try simulation.prove(credential, signals: Self.signals())
            let state = try #require(simulation.state)
            #expect(!"\(state.seenSignals)".contains("laptop") && !"\(state.seenSignals)".contains("192"))
            return state.seenSignals.map(\.digest)
        }
        #expect(digests[0] != digests[1])
    }

    // MARK: - Grace

    @Test("Grace begins once: at the first PutSubject or Evaluate, never again by a reset, another role or erasing")
    func grace() throws {
        var simulation = Simulation()
        let start = simulation.now
        let end = start.adding(seconds: Self.month)
        let first = try simulation.evaluate(Self.signals())
        #expect(first.requirement == .allow && first.reasons.contains(.graceRunning) && first.graceEndsAt == end)
        simulation.advance(seconds: 86_400)
        _ = try simulation.run(PutSubject(facts: .test(), profile: Profile(groups: ["admins"])))
        #expect(try simulation.evaluate(Self.signals()).graceEndsAt == end)
        _ = try simulation.run(EraseSubject(facts: .test()))
        _ = try simulation.run(PutSubject(facts: .test(), profile: Profile()))
        #expect(try simulation.evaluate(Self.signals()).graceEndsAt == end)
        simulation.now = end
        #expect(try simulation.evaluate(Self.signals()).requirement == .enroll)
        #expect(try simulation.evaluate(Self.signals()).graceEndsAt == end)
    }

    @Test("A clock that is set forward and back opens no grace, and shortens none (F7, F8)")
    func graceUnderClockFaults() throws {
        var simulation = Simulation()
        _ = try simulation.evaluate(Self.signals())
        let start = simulation.now
        simulation.advance(seconds: 365 * 86_400)
        #expect(try simulation.evaluate(Self.signals()).requirement == .enroll)
        simulation.now = start.adding(seconds: 60)
        #expect(try simulation.evaluate(Self.signals()).graceEndsAt == start.adding(seconds: Self.month))
        simulation.now = start.adding(seconds: -86_400)
        #expect(try simulation.evaluate(Self.signals()).requirement == .enroll, "before its beginning it does not run")
    }

    @Test("Grace of those whom the policy does not oblige begins when it does")
    func laterObliged() throws {
        var rules = PolicyRules()
        rules.allUsers = false
        rules.groups = ["staff"]
        var settings = DomainSettings()
        settings.policy = Policy(version: "groups", rules: rules)
        var simulation = Simulation(settings: settings)
        #expect(try simulation.evaluate(Self.signals()).graceEndsAt == nil)
        simulation.advance(seconds: 100)
        _ = try simulation.run(PutSubject(facts: .test(), profile: Profile(groups: ["staff"])))
        #expect(
            try simulation.evaluate(Self.signals()).graceEndsAt == simulation.now.adding(seconds: Self.month))
    }

    // MARK: - Verifications

    @Test("A verification for an action meets what is required for that action alone, for five minutes")
    func actions() throws {
        var (simulation, credential) = try Self.settled()
        #expect(try simulation.evaluate(Self.signals(), action: "pay", sensitivity: .sensitive).requirement == .require)
        let plain = try simulation.prove(credential, signals: Self.signals())
        simulation.advance(seconds: 60)
        let forPay = try simulation.prove(credential, action: "pay", signals: Self.signals())
        func requirement(_ action: String, _ id: VerificationID?) throws -> Requirement {
            try simulation.evaluate(
                Self.signals(), action: action, sensitivity: .sensitive, verification: id
            ).requirement
        }
        #expect(try requirement("pay", plain) == .require)
        #expect(try requirement("payout", forPay) == .require)
        #expect(try requirement("", forPay) == .require)
        #expect(try requirement("pay", forPay) == .allow)
        simulation.advance(seconds: 300)
        #expect(try requirement("pay", forPay) == .allow)
        simulation.advance(seconds: 1)
        #expect(try requirement("pay", forPay) == .require)
    }

    @Test("A verification counts only while its factor is active")
    func factorGone() throws {
        var (simulation, credential) = try Self.settled()
        let id = try simulation.prove(credential, signals: Signals())
        let elsewhere = Self.signals(fingerprint: "phone")
        #expect(try simulation.evaluate(elsewhere, verification: id).requirement == .allow)
        let factor = try #require(simulation.state?.factors.first { $0.totp != nil })
        _ = try simulation.run(SuspendFactor(facts: .test(), factorID: factor.id))
        #expect(try simulation.evaluate(elsewhere, verification: id).requirement == .prompt)
    }

    @Test("Level 2 comes of the verification and a primary authentication, whichever call brings it")
    func levels() throws {
        var rules = PolicyRules()
        rules.level = .aal2
        var settings = DomainSettings()
        settings.policy = Policy(version: "aal2", rules: rules)
        var (simulation, credential) = try Self.settled(settings)
        let id = try simulation.prove(credential, signals: Signals())
        let elsewhere = Self.signals(fingerprint: "phone")
        #expect(try simulation.evaluate(elsewhere, verification: id).requirement == .prompt)
        for (amr, requirement) in [(["pwd"], Requirement.allow), (["otp"], .prompt), (["nonsense"], .prompt)] {
            let found = try simulation.evaluate(
                elsewhere, verification: id, primary: PrimaryAuthentication(amr: amr)
            ).requirement
            #expect(found == requirement, "\(amr)")
        }
    }

    // MARK: - Remembered devices

    @Test(
        "A remembered device's token is good once; each use gives the next one; it ends after 30 days whatever its use")
    func tokens() throws {
        var (simulation, credential) = try Self.settled()
        var token = try simulation.trust(credential)
        let end = simulation.now.adding(seconds: Self.month)
        let elsewhere = "4:198.51.100"
        for _ in 0..<29 {
            let outcome = try simulation.evaluateWhole(Self.signals(token: token, fingerprint: "", network: elsewhere))
            #expect(outcome.evaluation.requirement == .allow)
            #expect(outcome.evaluation.reasons == [.newLocation, .deviceRemembered])
            #expect(outcome.deviceToken != token && !outcome.deviceToken.isEmpty)
            token = outcome.deviceToken
            simulation.advance(seconds: 86_400)
        }
        simulation.now = end.adding(seconds: -1)
        token = try simulation.evaluateWhole(Self.signals(token: token)).deviceToken
        simulation.now = end
        let late = try simulation.evaluateWhole(Self.signals(token: token, fingerprint: ""))
        #expect(late.evaluation.requirement == .prompt && late.deviceToken.isEmpty)
    }

    @Test("A token that was used before ends the trust: someone has a copy")
    func theft() throws {
        var (simulation, credential) = try Self.settled()
        let stolen = try simulation.trust(credential)
        let next = try simulation.evaluateWhole(Self.signals(token: stolen)).deviceToken
        let thief = try simulation.evaluateWhole(Self.signals(token: stolen, fingerprint: "", network: ""))
        #expect(thief.evaluation.requirement == .prompt && thief.evaluation.reasons.contains(.deviceTokenReused))
        #expect(thief.deviceToken.isEmpty)
        let owner = try simulation.evaluateWhole(Self.signals(token: next, fingerprint: ""))
        #expect(owner.evaluation.reasons.contains(.deviceTokenUnknown), "the owner is asked again")
        #expect(owner.evaluation.requirement == .prompt)
    }

    @Test("An answer that got lost is given again under its key: no false theft")
    func retry() throws {
        var (simulation, credential) = try Self.settled()
        let token = try simulation.trust(credential)
        let key = try #require(
            Optional(IdempotencyKey(caller: "backend", key: "k", method: "Evaluate", body: [1])))
        let first = try simulation.evaluateWhole(Self.signals(token: token), facts: .test(key: key))
        let again = try simulation.evaluateWhole(Self.signals(token: token), facts: .test(key: key))
        #expect(first == again && !first.deviceToken.isEmpty)
        #expect(
            try simulation.evaluateWhole(Self.signals(token: first.deviceToken)).evaluation.requirement == .allow)
    }

    @Test("A token is for one subject, one user agent and the server that made it")
    func forged() throws {
        var (simulation, credential) = try Self.settled()
        let token = try simulation.trust(credential)
        func reasons(_ token: String, agent: String = "Firefox/2.5") throws -> [EvaluationReason] {
            try simulation.evaluate(Self.signals(token: token, fingerprint: "", agent: agent)).reasons
        }
        var (other, otherCredential) = try Self.settled()
        let foreign = try other.trust(otherCredential, fingerprint: "else")
        var texts = ["", "x", "1.2.3", foreign, token + "0", String(token.dropLast())]
        texts += token.indices.map { index in
            var text = token
            text.replaceSubrange(index...index, with: token[index] == "0" ? "1" : "0")
            return text
        }
        for text in texts where text != token {
            #expect(try !reasons(text).contains(.deviceRemembered), "\(text)")
        }
        #expect(try reasons(token, agent: "Chrome/1.0").contains(.deviceTokenUnknown))
        #expect(try reasons(token, agent: "").contains(.deviceTokenUnknown))
        #expect(try !reasons(token).contains(.newDevice), "another version is the same agent")
    }

    @Test("A policy that remembers for a shorter time, or no longer, holds for devices that were trusted before")
    func shorterTrust() throws {
        for (lifetime, reason) in [
            (60, EvaluationReason.deviceRemembered), (59, .deviceTokenUnknown), (0, .deviceTokenUnknown),
        ] as [(Int64, EvaluationReason)] {
            var (simulation, credential) = try Self.settled()
            let token = try simulation.trust(credential)
            simulation.advance(seconds: 59)
            var rules = PolicyRules()
            rules.rememberedDeviceSeconds = lifetime
            simulation.settings.policy = Policy(version: "shorter", rules: rules)
            #expect(
                try simulation.evaluate(Self.signals(token: token, fingerprint: "", network: "")).reasons.contains(
                    reason))
        }
    }

    @Test("Trust ends with its factor, on request, and by the number of devices; it needs a fresh proof")
    func ends() throws {
        var (simulation, credential) = try Self.settled()
        let proof = try simulation.prove(credential, signals: Signals())
        for number in 0..<11 {
            _ = try simulation.run(
                TrustDevice(facts: .test(), proof: proof, name: "d\(number)", signals: Signals()))
        }
        #expect(simulation.state?.trustedDevices.map(\.name) == (1...10).map { "d\($0)" })
        let one = try #require(simulation.state?.trustedDevices.first)
        #expect(try simulation.run(ForgetDevice(facts: .test(), id: one.id)) == 1)
        #expect(try simulation.run(ForgetDevice(facts: .test(), id: one.id)) == 0)
        let factor = try #require(simulation.state?.factors.first { $0.totp != nil })
        _ = try simulation.run(SuspendFactor(facts: .test(), factorID: factor.id))
        #expect(simulation.state?.trustedDevices.isEmpty == true)
        _ = try simulation.run(ResumeFactor(facts: .test(mayAdminister: true), factorID: factor.id, proof: nil))
        simulation.advance(seconds: 301)
        #expect(throws: Refusal.proofStale) {
            try simulation.run(TrustDevice(facts: .test(), proof: proof, name: "", signals: Signals()))
        }
        #expect(throws: Refusal.proofRequired) {
            try simulation.run(TrustDevice(facts: .test(), proof: nil, name: "", signals: Signals()))
        }
    }

    // MARK: - The last factor

    @Test("Whoever must have a factor cannot end the last one; an administrator can (CONTROLS row 76)")
    func lastFactor() throws {
        var (simulation, credential) = try Self.settled()
        let factor = try #require(simulation.state?.factors.first { $0.totp != nil })
        let proof = try simulation.prove(credential, signals: Signals())
        #expect(throws: Refusal.lastFactor) {
            try simulation.run(RevokeFactor(facts: .test(), factorID: factor.id, proof: proof))
        }
        _ = try simulation.activate(proof: proof)
        _ = try simulation.run(RevokeFactor(facts: .test(), factorID: factor.id, proof: proof))
        let last = try #require(simulation.state?.factors.last { $0.totp != nil })
        _ = try simulation.run(RevokeFactor(facts: .test(mayAdminister: true), factorID: last.id, proof: nil))
        #expect(simulation.state?.activeFactorCount == 0)
    }

    @Test("The audit says what was asked and answered, and under which policy")
    func audit() throws {
        var (simulation, _) = try Self.settled()
        _ = try simulation.evaluate(Self.signals(fingerprint: ""), action: "pay", sensitivity: .sensitive)
        let record = try #require(simulation.events.last?.evaluation)
        #expect(record.requirement == .require && record.reasons == [.newDevice, .sensitiveAction])
        #expect(record.policyVersion == "default" && record.action == "pay" && record.device == .new)
        #expect(!record.isLocationNew && record.riskScore == nil && record.sensitivity == .sensitive)
    }
}

extension Simulation {
    /// A fresh code of the factor, accepted.
    mutating func prove(
        _ credential: TOTPCredential, action: String = "", signals: Signals
    ) throws -> VerificationID {
        advance(seconds: 30)
        let outcome = try run(
            Verify(
                facts: .test(), target: .kind(.totp), code: code(credential, stepsAhead: 1), action: action,
                signals: signals))
        return try #require(outcome.verificationID)
    }

    fileprivate mutating func trust(_ credential: TOTPCredential, fingerprint: String = "laptop") throws -> String {
        let proof = try prove(credential, signals: Signals())
        let signals = EvaluationRuleTests.signals(fingerprint: fingerprint)
        return try run(TrustDevice(facts: .test(), proof: proof, name: "Laptop", signals: signals)).token
    }

    fileprivate mutating func evaluateWhole(
        _ signals: Signals, action: String = "sign_in", sensitivity: EvaluationFacts.Sensitivity? = .ordinary,
        verification: VerificationID? = nil, primary: PrimaryAuthentication? = nil, facts: CallFacts = .test()
    ) throws -> Evaluate.Outcome {
        try run(
            Evaluate(
                facts: facts, action: action, sensitivity: sensitivity, signals: signals, verification: verification,
                primary: primary))
    }

    mutating func evaluate(
        _ signals: Signals, action: String = "sign_in", sensitivity: EvaluationFacts.Sensitivity? = .ordinary,
        verification: VerificationID? = nil, primary: PrimaryAuthentication? = nil
    ) throws -> Evaluation {
        try evaluateWhole(
            signals, action: action, sensitivity: sensitivity, verification: verification, primary: primary
        ).evaluation
    }
}
