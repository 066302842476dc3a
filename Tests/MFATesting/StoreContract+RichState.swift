public import MFADomain
import Testing

extension StoreContract {
    /// A state with something in every field.
    public static func richState(seed: Int = 0) -> SubjectState {
        var settings = DomainSettings.sendingWithoutRations
        settings.allowsExistingSecrets = true
        var rules = PolicyRules()
        rules.excludesServiceAccounts = false
        settings.policy = Policy(version: "rich", rules: rules)
        var simulation = Simulation(seed: UInt64(seed) + 99, settings: settings)
        do {
            try addFactors(&simulation)
            try addSentFactors(&simulation)
            try addRecovery(&simulation)
            try addSignals(&simulation)
            try addChallenges(&simulation)
        } catch {
            Issue.record("the rich state could not be made: \(error)")
        }
        var entropy = SeededEntropy(seed: 0)
        return simulation.state ?? SubjectState(pseudonym: Pseudonym(entropy: &entropy), createdAt: simulation.now)
    }

    private static let waived = CallFacts.test(mayBindWithoutProof: true)

    private static func key(_ name: String) -> IdempotencyKey {
        IdempotencyKey(caller: "c", key: name, method: "m", body: Array(name.utf8))
    }

    private static func addFactors(_ simulation: inout Simulation) throws {
        let profile = Profile(
            kind: .serviceAccount, groups: ["admins", "Größe"], accountName: "alice@example.org", locale: "de-CH",
            addresses: [
                AddressCredential(address: Address(kind: .email, value: "a@b.org"), country: ""),
                AddressCredential(address: Address(kind: .phone, value: "+41791234567"), country: "CH"),
            ])
        _ = try simulation.run(PutSubject(facts: .test(), profile: profile))
        let offer = try simulation.enroll(facts: .test(key: key("k")))
        _ = try simulation.run(
            ActivateFactor(
                facts: .test(key: key("k2")), factorID: offer.id,
                code: simulation.code(offer.credential, stepsAhead: -1)))
        _ = try simulation.verify("wrong")
        _ = try simulation.verify("wrong", .kind(.backupCodes))
        let proof = try simulation.verify(simulation.code(offer.credential)).verificationID
        _ = try simulation.enroll(
            parameters: TOTPParameters(algorithm: .sha512, digits: 8, periodSeconds: 60) ?? .standard, proof: proof)
        _ = try simulation.run(RenameFactor(facts: .test(), factorID: offer.id, name: "Ünïcode 📱"))
        _ = try simulation.run(SuspendFactor(facts: .test(), factorID: offer.id))
    }

    private static func bring(_ secret: ExistingFactor.Secret, _ simulation: inout Simulation) throws {
        let existing = ExistingFactor(secret: secret, isActive: true)
        _ = try simulation.run(
            StartEnrollment(facts: waived, wanted: .existing(existing), name: "brought", proof: nil))
    }

    /// A token that awaits the second of two codes, codes of another system, two numbers of which one cools down, two
    /// devices and one that is not paired yet.
    private static func addSentFactors(_ simulation: inout Simulation) throws {
        let secret = Array(UInt8(1)...32)
        let token = try #require(HOTPCredential(secret: secret, algorithm: .sha256, digits: 8, counter: 5))
        try bring(.hotp(token), &simulation)
        let parameters = try #require(TOTPParameters(algorithm: .sha256, digits: 8, periodSeconds: 30))
        _ = try simulation.verify(TOTP.text(secret: secret, step: 50, parameters: parameters), .kind(.hotp))
        try bring(.backupCodes(.sha512, hashes: [Array(repeating: 7, count: 64)]), &simulation)
        try simulation.activate(.phone(), facts: waived)
        let offer = try simulation.enroll(.phone("+41797654321"), facts: waived)
        _ = try simulation.run(
            ActivateFactor(facts: .test(), factorID: offer.id, code: simulation.outbox.lastCode ?? ""))
        _ = try simulation.run(StartEnrollment(facts: waived, wanted: .push, name: "", proof: nil))
    }

    /// A code of an operator's, and a recovery whose code was shown and that a later verification stops.
    private static func addRecovery(_ simulation: inout Simulation) throws {
        _ = try simulation.run(
            IssueTemporaryAccessCode(
                facts: .test(mayAdminister: true), by: Operator("olga"), reason: "phone at home",
                lifetimeSeconds: 86_400, uses: 3, delivery: .returnCode))
        let recovery = try simulation.run(
            StartRecovery(facts: .test(key: key("r")), by: Operator("olga"), reason: "Größe", evidence: "HD-1"))
        let approval = try simulation.run(
            ApproveRecovery(
                facts: .test(), recoveryID: recovery.id, by: Operator("otto"), delivery: .send(.email)))
        let code = simulation.outbox.lastAccessCode ?? approval.code
        _ = try simulation.run(
            CompleteRecovery(facts: .test(), recoveryID: nil, code: "0000-0000-0000", steadyNow: simulation.now))
        let proof = try simulation.run(
            CompleteRecovery(facts: .test(), recoveryID: nil, code: code, steadyNow: simulation.now)
        ).proof
        _ = try simulation.enroll(proof: proof)
    }

    /// Places it was verified from, a remembered device, and an evaluation that is remembered.
    private static func addSignals(_ simulation: inout Simulation) throws {
        var signals = Signals()
        (signals.fingerprint, signals.network, signals.location) = ("laptop", "4:192.0.2", "CH")
        (signals.autonomousSystem, signals.userAgent) = ("3303", "Firefox/1.0")
        let (id, credential, _) = try simulation.activate(facts: waived)
        let code = simulation.code(credential)
        let proof = try simulation.run(
            Verify(facts: .test(), target: .factor(id), code: code, action: "pay", signals: signals)
        ).verificationID
        let trusted = try simulation.run(
            TrustDevice(facts: .test(key: key("t")), proof: proof, name: "Laptop", signals: signals))
        signals.deviceToken = trusted.token
        _ = try simulation.run(
            Evaluate(
                facts: .test(key: key("e")), action: "pay", sensitivity: .sensitive, signals: signals,
                verification: nil, primary: nil))
    }

    /// One challenge in each state, and answers about them that are remembered.
    private static func addChallenges(_ simulation: inout Simulation) throws {
        let display = Challenge.Display(appName: "Shop", action: "Pay", context: "Größe", location: "Zürich")
        let first = try simulation.pairDevice(facts: waived)
        let second = try simulation.pairDevice(token: "token-2", facts: waived)
        _ = try simulation.start(.kind(.sms))
        let code = simulation.outbox.lastCode ?? ""
        _ = try simulation.run(
            Verify(facts: .test(key: key("v")), target: .kind(.sms), code: code))
        let denied = try #require(try simulation.start(.factor(second.factorID), display: display).challenge)
        let message = try #require(simulation.outbox.messages.last)
        _ = try simulation.run(
            RecordDelivery(
                facts: .test(), message: message, result: .recipientGone,
                attempt: DeliveryAttempt(
                    state: .failed, provider: "p", providerMessageID: "", costMicros: 0, number: 1, reason: "GONE")))
        _ = try simulation.run(second.answer(denied, .denyAsFraud))
        _ = try simulation.start(.factor(first.factorID))
        simulation.advance(seconds: 121)
        let cancelled = try #require(try simulation.start(.kind(.sms)).challenge)
        _ = try simulation.run(CancelChallenge(facts: .test(key: key("c")), challengeID: cancelled.id))
        let open = try simulation.start(.kind(.sms), .returnCode, facts: .test(key: key("s")))
        _ = try simulation.verify(otherCode(than: open.code), .kind(.sms))
        _ = try simulation.start(.factor(first.factorID), display: display)
        _ = try simulation.start(.factor(first.factorID), facts: .test(key: key("p")))
    }
}
