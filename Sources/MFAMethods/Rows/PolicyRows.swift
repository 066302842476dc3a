internal import MFADomain
internal import MFAProto
internal import MFAService
internal import Places

extension Rows {
    static func policy(_ service: MFAService, _ places: Places) -> [MethodRow] {
        let methods = PolicyServiceMethods.self
        return [
            MethodRow(methods.evaluate, scope: .evaluate) { request, call in
                let command = Evaluate(
                    facts: call.facts, action: try FieldCheck.action(request.action),
                    sensitivity: try EvaluationFacts.Sensitivity(checking: request.sensitivity),
                    signals: try Signals(checking: request.signals, call, places),
                    verification: try FieldCheck.mention(request.verificationID),
                    primary: try PrimaryAuthentication(checking: request, call, now: service.now))
                return .init(try await service.evaluate(command, on: call.key))
            },
            MethodRow(methods.trustDevice, scope: .evaluate) { request, call in
                let command = TrustDevice(
                    facts: call.facts, proof: try FieldCheck.proof(request.verificationID),
                    name: try FieldCheck.name(request.name, "name"),
                    signals: try Signals(checking: request.signals, call, places))
                let outcome = try await service.perform(command, on: call.key)
                return .with {
                    $0.device = .init(outcome.device)
                    $0.deviceToken = outcome.token
                }
            },
            MethodRow(methods.listTrustedDevices, scope: .evaluate) { _, call in
                let now = service.now
                let devices = try await service.subject(call.key).trustedDevices.filter { now < $0.expiresAt }
                return .with { $0.devices = devices.map { .init($0) } }
            },
            MethodRow(methods.forgetDevice, scope: .evaluate) { request, call in
                guard request.all == request.deviceID.isEmpty else {
                    throw CallStatus.invalidField("device_id", "or all is required, and not both.")
                }
                try FieldCheck.text(request.deviceID, "device_id", maxBytes: 64)
                let id = TrustedDeviceID(text: request.deviceID)
                // What is no id names no device.
                guard request.all || id != nil else { return .init() }
                let forgotten = try await service.perform(ForgetDevice(facts: call.facts, id: id), on: call.key)
                return .with { $0.forgotten = UInt32(clamping: forgotten) }
            },
        ]
    }
}

extension EvaluationFacts.Sensitivity {
    /// Nil when nothing is said.
    init?(checking sensitivity: Countersign_V1_Sensitivity) throws(CallStatus) {
        switch sensitivity {
        case .unspecified: return nil
        case .ordinary: self = .ordinary
        case .sensitive: self = .sensitive
        case .UNRECOGNIZED: throw .invalidField("sensitivity", "is not a sensitivity.")
        }
    }
}

extension FieldCheck {
    /// A verification that is only looked up: one that never was is as good as none.
    static func mention(_ value: String) throws(CallStatus) -> VerificationID? {
        try text(value, "verification_id", maxBytes: 64)
        return VerificationID(text: value)
    }
}
