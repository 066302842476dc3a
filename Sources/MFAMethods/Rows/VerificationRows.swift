internal import MFADomain
internal import MFAProto
internal import MFAService
internal import Places

extension Rows {
    static func verification(_ service: MFAService, _ places: Places) -> [MethodRow] {
        let methods = VerificationServiceMethods.self
        return [
            MethodRow(methods.verify, scope: .verify, takesGuess: true) { request, call in
                try await Concealment.hiding(as: .wrongCode, call, service) {
                    // With a challenge only its kind says whether there must be a code.
                    let code =
                        request.challengeID.isEmpty
                        ? try FieldCheck.code(request.code) : try FieldCheck.guess(request.code, "code", maxBytes: 64)
                    let action = try FieldCheck.action(request.action)
                    try FieldCheck.text(request.audience, "audience", maxBytes: 128)
                    let command = Verify(
                        facts: call.facts, target: try Verify.Target(checking: request), code: code,
                        primary: try PrimaryAuthentication(checking: request, call, now: service.now),
                        action: action,
                        signals: try Signals(checking: request.signals, call, places))
                    let outcome = try await service.perform(command, on: call.key)
                    var answer = Countersign_V1_VerifyResponse(outcome, conceal: call.caller.conceal)
                    if !action.isEmpty {
                        let audience = request.audience.isEmpty ? call.caller.name : request.audience
                        answer.receipt = await service.receipt(of: outcome, for: action, audience: audience, call.key)
                    }
                    return answer
                }
            },
            MethodRow(methods.startChallenge, scope: .verify) { request, call in
                try await startChallenge(request, call, service)
            },
            MethodRow(methods.getChallenge, scope: .verify) { request, call in
                let challenge = try await getChallenge(request, call, service)
                return .with { $0.challenge = challenge }
            },
            MethodRow(methods.cancelChallenge, scope: .verify) { request, call in
                let id = try FieldCheck.challengeID(request.challengeID)
                if call.caller.conceal {
                    let concealed = try await Concealment.cancel(id, call, service)
                    return .with { $0.challenge = concealed }
                }
                let challenge = try await service.perform(
                    CancelChallenge(facts: call.facts, challengeID: id), on: call.key)
                return .with { $0.challenge = .init(challenge, of: nil, at: service.now) }
            },
            MethodRow(methods.getReceiptKeys, scope: .checkReceipts) { _, _ in
                .init(service.receiptKeys(at: service.now), issuer: service.receiptIssuer)
            },
            MethodRow(methods.redeemReceipt, scope: .checkReceipts) { request, call in
                let receipt = try FieldCheck.guess(request.receipt, "receipt", maxBytes: 4096)
                try FieldCheck.required(request.action, "action", maxBytes: 128)
                let (verdict, subject) = try await service.redeem(
                    receipt, action: request.action, audience: call.caller.name, tenant: call.tenant, call.facts)
                return .with {
                    $0.verdict = .init(verdict)
                    $0.subject = subject
                }
            },
            MethodRow(methods.answerPush, scope: .relay, takesGuess: true) { request, call in
                try FieldCheck.required(request.device, "device", maxBytes: 512)
                let challengeID = try FieldCheck.challengeID(request.challengeID)
                let decision = try PushDecision(checking: request.decision)
                let number = try FieldCheck.guess(request.number, "number", maxBytes: 16)
                let signature = try FieldCheck.signature(request.signature, "signature")
                let device = try service.device(named: request.device, of: call.tenant)
                let command = AnswerPush(
                    facts: call.facts, device: request.device, factorID: device.factorID, challengeID: challengeID,
                    decision: decision, number: number, signature: signature)
                let outcome = try await service.perform(command, on: device.key)
                return .with {
                    $0.verdict = .init(outcome.verdict)
                    $0.state = .init(outcome.challenge.state(at: service.now))
                    $0.attemptsLeft = UInt32(clamping: outcome.challenge.attemptsLeft)
                }
            },
            MethodRow(methods.listPendingPushes, scope: .relay) { request, call in
                try FieldCheck.required(request.device, "device", maxBytes: 512)
                let signature = try FieldCheck.signature(request.signature, "signature")
                let challenges = try await service.pendingPushes(
                    try service.device(named: request.device, of: call.tenant), named: request.device,
                    at: Timestamp(milliseconds: request.atUnixMs), signature: signature)
                return .with { $0.pushes = challenges.map { .init($0) } }
            },
        ]
    }

    private static func startChallenge(
        _ request: Countersign_V1_StartChallengeRequest, _ call: Call, _ service: MFAService
    ) async throws -> Countersign_V1_StartChallengeResponse {
        let target = try StartChallenge.Target(checking: request)
        let command = StartChallenge(
            facts: call.facts, target: target,
            delivery: try CodeDelivery(checking: request.delivery, locale: request.locale, call),
            display: try Challenge.Display(checking: request, appName: service.appName(of: call.tenant)))
        guard call.caller.conceal else {
            let outcome = try await service.perform(command, on: call.key)
            let state = try await service.subject(call.key)
            return .init(outcome, of: outcome.challenge.flatMap { state.factor($0.factorID) }, at: service.now)
        }
        return try await Concealment.start(command, target, request, call, service)
    }

    private static func getChallenge(
        _ request: Countersign_V1_GetChallengeRequest, _ call: Call, _ service: MFAService
    ) async throws -> Countersign_V1_Challenge {
        let id = try FieldCheck.challengeID(request.challengeID)
        let wait = try FieldCheck.waitMilliseconds(request.waitMs, before: call.deadline)
        if call.caller.conceal { return try await Concealment.look(id, waitMilliseconds: wait, call, service) }
        let challenge = try await service.challenge(
            id, of: call.key, caller: call.caller.name, waitMilliseconds: wait)
        let factor = try await service.subject(call.key).factor(challenge.factorID)
        return .init(challenge, of: factor, at: service.now)
    }
}

extension MFAService {
    /// The device that a relayed request names. One of another tenant's is as unknown as one that never was.
    fileprivate func device(named name: String, of tenant: String) throws(CallStatus) -> PushDevice {
        guard let device = device(named: name), device.key.tenant == tenant else {
            throw CallStatus(
                .notFound, reason: "DEVICE_NOT_FOUND", "This server gave no device of the tenant this name.")
        }
        return device
    }
}

extension Verify.Target {
    init(checking request: Countersign_V1_VerifyRequest) throws(CallStatus) {
        let kind = try request.kind.checked()
        if !request.challengeID.isEmpty {
            let id = try FieldCheck.challengeID(request.challengeID)
            guard request.factorID.isEmpty, kind == nil else {
                throw .invalidField("challenge_id", "must not be given beside factor_id or kind.")
            }
            self = .challenge(id)
            return
        }
        switch (request.factorID.isEmpty, kind) {
        case (true, let kind?): self = .kind(kind)
        case (false, nil): self = .factor(try FieldCheck.factorID(request.factorID))
        case (true, nil): throw .invalidField("factor_id", "or kind or challenge_id is required.")
        case (false, .some): throw .invalidField("kind", "must not be given beside factor_id.")
        }
    }
}

extension StartChallenge.Target {
    init(checking request: Countersign_V1_StartChallengeRequest) throws(CallStatus) {
        let kind = try request.kind.checked()
        if !request.resendChallengeID.isEmpty {
            let id = try FieldCheck.challengeID(request.resendChallengeID, "resend_challenge_id")
            guard request.factorID.isEmpty, kind == nil else {
                throw .invalidField("resend_challenge_id", "must not be given beside factor_id or kind.")
            }
            self = .resend(id)
            return
        }
        switch (request.factorID.isEmpty, kind) {
        case (true, let kind?): self = .kind(kind)
        case (false, nil): self = .factor(try FieldCheck.factorID(request.factorID))
        case (true, nil): throw .invalidField("factor_id", "or kind or resend_challenge_id is required.")
        case (false, .some): throw .invalidField("kind", "must not be given beside factor_id.")
        }
    }
}

extension Challenge.Display {
    init(checking request: Countersign_V1_StartChallengeRequest, appName: String) throws(CallStatus) {
        try FieldCheck.text(request.action, "action", maxBytes: 256)
        try FieldCheck.text(request.context, "context", maxBytes: 256)
        try FieldCheck.text(request.location, "location", maxBytes: 128)
        self.init(appName: appName, action: request.action, context: request.context, location: request.location)
    }
}

extension PushDecision {
    init(checking decision: Countersign_V1_PushDecision) throws(CallStatus) {
        switch decision {
        case .approve: self = .approve
        case .deny: self = .deny
        case .denyFraud: self = .denyAsFraud
        case .unspecified: throw .invalidField("decision", "is required.")
        case .UNRECOGNIZED: throw .invalidField("decision", "is not a decision.")
        }
    }
}

/// Says what its caller checked before.
protocol PrimaryAuthenticationRequest {
    var hasPrimaryAuthentication: Bool { get }
    var primaryAuthentication: Countersign_V1_PrimaryAuthentication { get }
}

extension Countersign_V1_VerifyRequest: PrimaryAuthenticationRequest {}
extension Countersign_V1_EvaluateRequest: PrimaryAuthenticationRequest {}
extension Countersign_V1_ExplainEvaluationRequest: PrimaryAuthenticationRequest {}

extension PrimaryAuthentication {
    /// Nil when the caller names none. Believed only from a caller that may say so.
    init?(
        checking request: some PrimaryAuthenticationRequest, _ call: Call, now: Timestamp
    ) throws(CallStatus) {
        guard request.hasPrimaryAuthentication else { return nil }
        try call.require(.assertPrimary)
        let primary = request.primaryAuthentication
        guard (1...Self.maxMethods).contains(primary.amr.count) else {
            throw .invalidField("primary_authentication.amr", "must be 1 to \(Self.maxMethods) words.")
        }
        for word in primary.amr { try FieldCheck.required(word, "primary_authentication.amr", maxBytes: 16) }
        guard now.isWithin(seconds: Self.lifetimeSeconds, after: Timestamp(milliseconds: primary.atUnixMs)) else {
            throw .invalidField("primary_authentication.at_unix_ms", "must be within the last 5 minutes.")
        }
        self.init(amr: primary.amr)
    }
}

extension Countersign_V1_VerifyResponse {
    /// All that a concealing caller learns of anything but success.
    static var wrongCode: Self { .with { $0.verdict = .wrongCode } }

    init(_ outcome: Verify.Outcome, conceal: Bool) {
        if conceal, outcome.verdict != .accepted {
            self = .wrongCode
            return
        }
        self.init()
        verdict = .init(outcome.verdict)
        factorID = outcome.factorID.text
        kind = .init(outcome.factorKind)
        attemptsLeft = UInt32(clamping: outcome.attemptsLeft)
        retryAfterMs = outcome.retryAfterMilliseconds
        backupCodesLeft = UInt32(clamping: outcome.backupCodesLeft)
        restricted = outcome.factorKind.isRestricted
        challengeID = outcome.challengeID?.text ?? ""
        if let assurance = outcome.assurance {
            verificationID = outcome.verificationID?.text ?? ""
            aal = assurance.level.map { .init($0) } ?? .unspecified
            amr = assurance.amr
            verifiedAtUnixMs = outcome.at.milliseconds
        }
    }
}

extension Countersign_V1_StartChallengeResponse {
    init(_ outcome: StartChallenge.Outcome, of factor: Factor?, at now: Timestamp) {
        self.init()
        if let verdict = outcome.verdict { self.verdict = .init(verdict) }
        if let challenge = outcome.challenge { self.challenge = .init(challenge, of: factor, at: now) }
        code = outcome.returnedCode
        numberToMatch = outcome.numberToMatch
        if let refusal = outcome.refusal {
            retryAfterMs = refusal.retryAfterMilliseconds
            limit = .init(refusal.limit)
        }
        sendsLeft = UInt32(clamping: outcome.sendsLeft)
        resendAfterMs = outcome.resendAfterMilliseconds
        alternatives = outcome.alternatives.map { .init($0) }
    }

    /// What a concealing caller learns, of somebody or of nobody.
    init(
        concealing id: ChallengeID, kind: Countersign_V1_FactorKind, createdAt: Timestamp, code: String, number: String
    ) {
        self.init()
        challenge = .init(concealing: id, kind, .pending, createdAt: createdAt)
        self.code = code
        numberToMatch = number
    }
}

extension Countersign_V1_PendingPush {
    init(_ challenge: Challenge) {
        self.init()
        challengeID = challenge.id.text
        appName = challenge.display.appName
        action = challenge.display.action
        context = challenge.display.context
        location = challenge.display.location
        createdAtUnixMs = challenge.createdAt.milliseconds
        expiresAtUnixMs = challenge.expiresAt.milliseconds
        numberDigits = UInt32(clamping: challenge.code.utf8.count)
    }
}
