internal import Foundation
internal import MFADomain
internal import MFAProto
internal import MFAService

extension Rows {
    static func recovery(_ service: MFAService) -> [MethodRow] {
        let methods = RecoveryServiceMethods.self
        return backupCodes(service) + [
            MethodRow(methods.startRecovery, scope: .recover) { request, call in
                let command = StartRecovery(
                    facts: call.facts, by: try FieldCheck.operatorName(request.operator),
                    reason: try FieldCheck.note(request.reason, "reason"),
                    evidence: try FieldCheck.note(request.evidence, "evidence"))
                let recovery = try await service.perform(command, on: call.key)
                return .with { $0.recovery = .init(recovery, at: service.now) }
            },
            MethodRow(methods.approveRecovery, scope: .approveRecovery) { request, call in
                try FieldCheck.required(request.recoveryID, "recovery_id", maxBytes: 64)
                guard let id = RecoveryID(text: request.recoveryID) else { throw Refusal.recoveryNotFound }
                let command = ApproveRecovery(
                    facts: call.facts, recoveryID: id, by: try FieldCheck.operatorName(request.operator),
                    delivery: try AccessCodeDelivery(checking: request.delivery, to: request.sendTo, call))
                let outcome = try await service.perform(command, on: call.key)
                return .with {
                    $0.verdict = outcome.refusal == nil ? .accepted : .rateLimited
                    $0.recovery = .init(outcome.recovery, at: service.now)
                    $0.sentTo = outcome.sentTo
                    $0.recoveryCode = outcome.code
                    if let refusal = outcome.refusal {
                        $0.limit = .init(refusal.limit)
                        $0.retryAfterMs = refusal.retryAfterMilliseconds
                    }
                }
            },
            MethodRow(methods.cancelRecovery, scope: .recover) { request, call in
                try await Concealment.hiding(as: .wrongCode, call, service) {
                    let command = CancelRecovery(
                        facts: call.facts, recoveryID: try FieldCheck.recoveryID(request.recoveryID),
                        authority: try CancelRecovery.Authority(checking: request))
                    let outcome = try await service.perform(command, on: call.key)
                    if call.caller.conceal, outcome.verdict != .accepted { return .wrongCode }
                    return .with {
                        $0.verdict = .init(outcome.verdict)
                        $0.recovery = .init(outcome.recovery, at: service.now)
                    }
                }
            },
            MethodRow(methods.completeRecovery, scope: .recover, takesGuess: true) { request, call in
                try await Concealment.hiding(as: .wrongCode, call, service) {
                    let command = CompleteRecovery(
                        facts: call.facts, recoveryID: try FieldCheck.recoveryID(request.recoveryID),
                        code: try FieldCheck.code(request.code), steadyNow: service.steadyNow)
                    let outcome = try await service.perform(command, on: call.key)
                    if call.caller.conceal, outcome.verdict != .accepted { return .wrongCode }
                    return .with {
                        $0.verdict = .init(outcome.verdict)
                        $0.verificationID = outcome.proof?.text ?? ""
                        $0.attemptsLeft = UInt32(clamping: outcome.attemptsLeft)
                        $0.retryAfterMs = outcome.retryAfterMilliseconds
                        $0.recovery = .init(outcome.recovery, at: service.now)
                    }
                }
            },
            MethodRow(methods.getRecovery, scope: .recover) { _, call in
                guard let recovery = try await service.subject(call.key).recovery else {
                    throw Refusal.recoveryNotFound
                }
                return .with { $0.recovery = .init(recovery, at: service.now) }
            },
            MethodRow(methods.issueTemporaryAccessCode, scope: .administer) { request, call in
                let command = IssueTemporaryAccessCode(
                    facts: call.facts, by: try FieldCheck.operatorName(request.operator),
                    reason: try FieldCheck.note(request.reason, "reason"),
                    lifetimeSeconds: try FieldCheck.accessCodeLifetimeSeconds(request.lifetimeSeconds),
                    uses: try FieldCheck.accessCodeUses(request.uses),
                    delivery: try AccessCodeDelivery(checking: request.delivery, to: request.sendTo, call))
                let outcome = try await service.perform(command, on: call.key)
                return .with {
                    $0.verdict = outcome.refusal == nil ? .accepted : .rateLimited
                    if let factor = outcome.factor { $0.factor = service.message(factor) }
                    $0.sentTo = outcome.sentTo
                    $0.accessCode = outcome.code
                    if let refusal = outcome.refusal {
                        $0.limit = .init(refusal.limit)
                        $0.retryAfterMs = refusal.retryAfterMilliseconds
                    }
                }
            },
            MethodRow(methods.reportLost, scope: .recover) { request, call in
                guard request.factorIds.count <= 20 else {
                    throw CallStatus.invalidField("factor_ids", "must be at most 20.")
                }
                var ids: [FactorID] = []
                for id in request.factorIds { ids.append(try FieldCheck.factorID(id, "factor_ids")) }
                let command = ReportLost(
                    facts: call.facts, factorIDs: ids, proof: try ReportLost.Proof(checking: request, call, service))
                let outcome = try await service.perform(command, on: call.key)
                return .with {
                    $0.factors = outcome.factors.map { service.message($0) }
                    $0.forgottenDevices = UInt32(clamping: outcome.forgottenDevices)
                }
            },
        ]
    }

    private static func backupCodes(_ service: MFAService) -> [MethodRow] {
        let methods = RecoveryServiceMethods.self
        return [
            MethodRow(methods.generateBackupCodes, scope: .recover) { request, call in
                let command = GenerateBackupCodes(
                    facts: call.facts, proof: try FieldCheck.proof(request.verificationID))
                let outcome = try await service.perform(command, on: call.key)
                return .with {
                    $0.factor = service.message(outcome.factor)
                    $0.backupCodes = outcome.codes
                }
            },
            MethodRow(methods.getBackupCodeStatus, scope: .recover) { _, call in
                let subject = try await service.subject(call.key)
                guard let factor = subject.backupCodeFactor, let set = factor.backupCodes else { return .init() }
                return .with {
                    $0.factorID = factor.id.text
                    $0.codesTotal = UInt32(clamping: set.total)
                    $0.codesLeft = UInt32(clamping: set.left)
                    $0.generatedAtUnixMs = factor.createdAt.milliseconds
                }
            },
        ]
    }
}

extension FieldCheck {
    fileprivate static func operatorName(_ value: String) throws(CallStatus) -> Operator {
        try required(value, "operator", maxBytes: 128)
        // Nobody is to be two by characters that are not seen, or that look like others.
        guard !value.unicodeScalars.contains(where: { $0.properties.generalCategory == .format }),
            value == value.precomposedStringWithCompatibilityMapping
        else { throw .invalidField("operator", "must not hold invisible or compatibility characters.") }
        return Operator(value)
    }

    /// What an operator writes down.
    fileprivate static func note(_ value: String, _ field: String) throws(CallStatus) -> String {
        try required(value, field, maxBytes: 256)
        return value
    }

    /// Nil for the one there is.
    fileprivate static func recoveryID(_ value: String) throws(CallStatus) -> RecoveryID? {
        guard !value.isEmpty else { return nil }
        try text(value, "recovery_id", maxBytes: 64)
        guard let id = RecoveryID(text: value) else { throw StatusMapping.status(of: Refusal.recoveryNotFound) }
        return id
    }

    fileprivate static func accessCodeLifetimeSeconds(_ value: Int64) throws(CallStatus) -> Int64 {
        if value == 0 { return 3_600 }
        guard TemporaryAccessCode.lifetimeSeconds.contains(value) else {
            throw .invalidField("lifetime_seconds", "must be 60 to 604800.")
        }
        return value
    }

    fileprivate static func accessCodeUses(_ value: UInt32) throws(CallStatus) -> Int {
        if value == 0 { return 1 }
        guard TemporaryAccessCode.uses.contains(Int(value)) else { throw .invalidField("uses", "must be 1 to 100.") }
        return Int(value)
    }
}

extension AccessCodeDelivery {
    fileprivate init(
        checking delivery: Countersign_V1_Delivery, to kind: Countersign_V1_AddressKind, _ call: Call
    ) throws(CallStatus) {
        switch try CodeDelivery(checking: delivery, locale: "", call) {
        case .returnCode:
            guard kind == .unspecified else { throw .invalidField("send_to", "must not be given with RETURN_CODE.") }
            self = .returnCode
        case .send:
            switch kind {
            case .unspecified: self = .send(nil)
            case .email: self = .send(.email)
            case .phone: self = .send(.phone)
            case .UNRECOGNIZED: throw .invalidField("send_to", "is not an address kind.")
            }
        }
    }
}

extension CancelRecovery.Authority {
    fileprivate init(checking request: Countersign_V1_CancelRecoveryRequest) throws(CallStatus) {
        let given = [request.operator, request.vetoCode, request.verificationID].count { !$0.isEmpty }
        guard given == 1 else {
            throw .invalidField("operator", "or veto_code or verification_id is required, and one of them alone.")
        }
        if !request.operator.isEmpty {
            self = .named(try FieldCheck.operatorName(request.operator))
        } else if let proof = try FieldCheck.proof(request.verificationID) {
            self = .proof(proof)
        } else {
            self = .veto(try FieldCheck.guess(request.vetoCode, "veto_code", maxBytes: 64))
        }
    }
}

extension Countersign_V1_ReportLostRequest: PrimaryAuthenticationRequest {}

extension ReportLost.Proof {
    fileprivate init(
        checking request: Countersign_V1_ReportLostRequest, _ call: Call, _ service: MFAService
    ) throws(CallStatus) {
        if let proof = try FieldCheck.proof(request.verificationID) {
            self = .verification(proof)
        } else if let primary = try PrimaryAuthentication(checking: request, call, now: service.now) {
            self = .primary(primary)
        } else {
            self = .none
        }
    }
}

// All that a concealing caller learns of anything but success.

extension Countersign_V1_CancelRecoveryResponse {
    fileprivate static var wrongCode: Self { .with { $0.verdict = .wrongCode } }
}

extension Countersign_V1_CompleteRecoveryResponse {
    fileprivate static var wrongCode: Self { .with { $0.verdict = .wrongCode } }
}
