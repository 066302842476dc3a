public import MFAProto
public import MFAStore

// Messages and devices, over the table.
extension TestService {
    /// Settings under which codes go to Switzerland, as often as asked.
    public static var settingsForSending: ServiceSettings {
        var settings = settingsWithoutDelays
        settings.domain.sending.smsCountries = ["CH"]
        settings.domain.sending.perAddress = [.init(10_000, perSeconds: 30)]
        settings.domain.sending.perSubject.limit = 10_000
        settings.domain.sending.perPrefix.limit = 10_000
        settings.domain.sending.conversionPercent = 0
        settings.domain.sending.moneyPerHourMicros = .max / 4
        settings.domain.sending.moneyPerDayMicros = .max / 4
        return settings
    }

    /// Takes all messages of a channel that are due, as a worker does, and says that a provider took them.
    public func takeMessages(_ channel: MessageChannel) async throws -> [OutboxMessage] {
        let queued = try await service.leaseMessages(channel, limit: 1_000)
        for message in queued {
            try await service.recordDelivery(
                message, .accepted,
                DeliveryAttempt(
                    state: .queued, provider: "test", providerMessageID: "", costMicros: 0, number: message.attempt,
                    reason: ""))
        }
        return queued.map(\.message)
    }

    /// The code that the newest message of a channel brings.
    public func takeCode(_ channel: MessageChannel) async throws -> String {
        for message in try await takeMessages(channel).reversed() {
            if case .code(let code) = message.content { return code }
        }
        return ""
    }

    /// An SMS or e-mail factor, enrolled and activated.
    public func enrollAddress(
        _ subject: String, _ kind: Countersign_V1_FactorKind, _ address: String, as caller: Caller = .test()
    ) async throws -> String {
        let offer = try await call(EnrollmentServiceMethods.startEnrollment, as: caller) {
            $0.tenant = "default"
            $0.subject = subject
            $0.kind = kind
            $0.address = address
        }
        let code = try await takeCode(kind == .sms ? .sms : .email)
        _ = try await call(EnrollmentServiceMethods.activateFactor, as: caller) {
            $0.tenant = "default"
            $0.subject = subject
            $0.factorID = offer.factor.factorID
            $0.code = code
        }
        return offer.factor.factorID
    }

    /// A device that was paired over the table.
    public func pair(
        _ subject: String, channel: String = "", token: String = "", as caller: Caller = .test()
    ) async throws -> PushDevice {
        let offer = try await call(EnrollmentServiceMethods.startEnrollment, as: caller) {
            $0.tenant = "default"
            $0.subject = subject
            $0.kind = .push
        }
        var device = PushDevice()
        let registration = try device.registration(offer.push.pairingUri, channel: channel, token: token)
        let activation = try await call(EnrollmentServiceMethods.activateFactor, as: caller) {
            $0.tenant = "default"
            $0.subject = subject
            $0.factorID = offer.factor.factorID
            $0.push = registration
        }
        device.name = activation.device
        return device
    }

    public func startChallenge(
        _ subject: String, _ kind: Countersign_V1_FactorKind, as caller: Caller = .test(),
        _ fill: (inout Countersign_V1_StartChallengeRequest) -> Void = { _ in }
    ) async throws -> Countersign_V1_StartChallengeResponse {
        try await call(VerificationServiceMethods.startChallenge, as: caller) {
            $0.tenant = "default"
            $0.subject = subject
            $0.kind = kind
            fill(&$0)
        }
    }

    public func pending(_ device: PushDevice) async throws -> [Countersign_V1_PendingPush] {
        let signature = try device.sign(.list(device: device.name, at: clock.now))
        let now = clock.now.milliseconds
        return try await call(VerificationServiceMethods.listPendingPushes) {
            $0.tenant = "default"
            $0.device = device.name
            $0.atUnixMs = now
            $0.signature = signature
        }.pushes
    }

    public func verify(
        _ subject: String, challenge: String, code: String = "", as caller: Caller = .test()
    ) async throws -> Countersign_V1_VerifyResponse {
        try await call(VerificationServiceMethods.verify, as: caller) {
            $0.tenant = "default"
            $0.subject = subject
            $0.challengeID = challenge
            $0.code = code
        }
    }
}
