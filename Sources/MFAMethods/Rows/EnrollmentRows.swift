internal import MFADomain
internal import MFAProto
internal import MFAService

extension Rows {
    static func enrollment(_ service: MFAService) -> [MethodRow] {
        let methods = EnrollmentServiceMethods.self
        return [
            MethodRow(methods.startEnrollment, scope: .enroll) { request, call in
                try await startEnrollment(request, call, service)
            },
            MethodRow(methods.activateFactor, scope: .enroll, takesGuess: true) { request, call in
                let command = ActivateFactor(
                    facts: call.facts, factorID: try FieldCheck.factorID(request.factorID),
                    proof: try ActivateFactor.Proof(checking: request))
                let outcome = try await service.perform(command, on: call.key)
                return .with {
                    $0.verdict = .init(outcome.verdict)
                    $0.factor = service.message(outcome.factor)
                    $0.backupCodes = outcome.backupCodes
                    $0.attemptsLeft = UInt32(clamping: outcome.attemptsLeft)
                    $0.verificationID = outcome.verificationID?.text ?? ""
                    $0.backupCodesLeft = UInt32(clamping: outcome.backupCodesLeft)
                    if outcome.verdict == .accepted, outcome.factor.kind == .push {
                        $0.device = service.deviceName(of: outcome.factor.id, call.key)
                    }
                }
            },
            MethodRow(methods.listFactors, scope: .enroll) { request, call in
                let subject = try await service.subject(call.key)
                let now = service.now
                return .with {
                    $0.factors = subject.factors
                        .filter { request.includeEnded || !$0.isEnded(at: now) }
                        .map { service.message($0) }
                }
            },
            MethodRow(methods.getFactor, scope: .enroll) { request, call in
                let id = try FieldCheck.factorID(request.factorID)
                guard let factor = try await service.subject(call.key).factor(id) else {
                    throw Refusal.factorNotFound
                }
                return .with { $0.factor = service.message(factor) }
            },
            MethodRow(methods.renameFactor, scope: .enroll) { request, call in
                let command = RenameFactor(
                    facts: call.facts, factorID: try FieldCheck.factorID(request.factorID),
                    name: try FieldCheck.name(request.name, "name"))
                let factor = try await service.perform(command, on: call.key)
                return .with { $0.factor = service.message(factor) }
            },
            MethodRow(methods.suspendFactor, scope: .enroll) { request, call in
                let command = SuspendFactor(facts: call.facts, factorID: try FieldCheck.factorID(request.factorID))
                let factor = try await service.perform(command, on: call.key)
                return .with { $0.factor = service.message(factor) }
            },
            MethodRow(methods.resumeFactor, scope: .enroll) { request, call in
                let command = ResumeFactor(
                    facts: call.facts, factorID: try FieldCheck.factorID(request.factorID),
                    proof: try FieldCheck.proof(request.verificationID))
                let factor = try await service.perform(command, on: call.key)
                return .with { $0.factor = service.message(factor) }
            },
            MethodRow(methods.revokeFactor, scope: .enroll) { request, call in
                let command = RevokeFactor(
                    facts: call.facts, factorID: try FieldCheck.factorID(request.factorID),
                    proof: try FieldCheck.proof(request.verificationID))
                let factor = try await service.perform(command, on: call.key)
                return .with { $0.factor = service.message(factor) }
            },
        ]
    }
}

extension MFAService {
    func message(_ factor: Factor) -> Countersign_V1_Factor {
        Countersign_V1_Factor(factor, at: now, domainSettings)
    }
}
