public import MFADomain

extension DomainSettings {
    /// SMS may go to Switzerland, and failures make nobody wait.
    public static var sendingSMS: DomainSettings {
        var settings = DomainSettings()
        settings.sending.smsCountries = ["CH"]
        settings.failureDelaysSeconds = []
        return settings
    }

    /// The same, and no ration ever stands in the way.
    public static var sendingWithoutRations: DomainSettings {
        var settings = sendingSMS
        let ration = SendingSettings.Ration(1_000_000, perSeconds: 600)
        settings.sending.perAddress = [ration]
        settings.sending.perSubject = ration
        settings.sending.perCaller = ration
        settings.sending.perPrefix = ration
        settings.sending.perCountry = ration
        settings.sending.moneyPerHourMicros = .max
        settings.sending.moneyPerDayMicros = .max
        settings.sending.conversionPercent = 0
        return settings
    }
}

extension AddressCredential {
    public static func phone(_ number: String = "+41791234567") -> AddressCredential {
        AddressCredential(address: Address(kind: .phone, value: number), country: "CH")
    }

    public static func email(_ address: String = "alice@example.org") -> AddressCredential {
        AddressCredential(address: Address(kind: .email, value: address), country: "")
    }
}

extension Simulation {
    public mutating func enroll(
        _ address: AddressCredential, _ delivery: CodeDelivery = .send(locale: ""), proof: VerificationID? = nil,
        facts: CallFacts = .test()
    ) throws -> StartEnrollment.Outcome {
        try run(StartEnrollment(facts: facts, wanted: .address(address, delivery), name: "", proof: proof))
    }

    /// Enrolls an address and activates it with the code that was sent; then a minute goes by, so that another code may
    /// be sent.
    @discardableResult
    public mutating func activate(
        _ address: AddressCredential, proof: VerificationID? = nil, facts: CallFacts = .test()
    ) throws -> ActivateFactor.Outcome {
        let offer = try enroll(address, proof: proof, facts: facts)
        let code = outbox.lastCode ?? ""
        let activation = try run(ActivateFactor(facts: facts, factorID: offer.id, code: code))
        advance(seconds: 60)
        return activation
    }

    /// Pairs a device.
    public mutating func pairDevice(
        token: String = "token-1", proof: VerificationID? = nil, facts: CallFacts = .test()
    ) throws -> TestDevice {
        let offer = try run(StartEnrollment(facts: facts, wanted: .push, name: "", proof: proof))
        let device = TestDevice(factorID: offer.id, secret: offer.id.bytes + offer.id.bytes)
        let registration = device.registration(secret: offer.factor?.push?.pairingSecret ?? [], token: token)
        _ = try run(ActivateFactor(facts: facts, factorID: offer.id, proof: .registration(registration)))
        return device
    }

    public mutating func start(
        _ target: StartChallenge.Target, _ delivery: CodeDelivery = .send(locale: ""),
        display: Challenge.Display = Challenge.Display(), facts: CallFacts = .test()
    ) throws -> StartChallenge.Outcome {
        try run(StartChallenge(facts: facts, target: target, delivery: delivery, display: display))
    }

    /// The state of a challenge as a caller sees it now; nil when it is forgotten.
    public func challengeState(_ id: ChallengeID) -> Challenge.State? {
        state?.challenge(id)?.state(at: now)
    }
}

/// Digits that are not these.
public func otherCode(than code: String) -> String {
    String(code.map { $0 == "9" ? "0" : Character(String(($0.wholeNumberValue ?? 0) + 1)) })
}
