internal import Foundation
internal import MFADomain
internal import MFAProto
internal import MFAService
internal import QRCode

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
                    code: try FieldCheck.code(request.code))
                let outcome = try await service.perform(command, on: call.key)
                return .with {
                    $0.verdict = .init(outcome.verdict)
                    $0.factor = service.message(outcome.factor)
                    $0.backupCodes = outcome.backupCodes
                    $0.attemptsLeft = UInt32(clamping: outcome.attemptsLeft)
                    $0.verificationID = outcome.verificationID?.text ?? ""
                    $0.backupCodesLeft = UInt32(clamping: outcome.backupCodesLeft)
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

    private static func startEnrollment(
        _ request: Countersign_V1_StartEnrollmentRequest, _ call: Call, _ service: MFAService
    ) async throws -> Countersign_V1_StartEnrollmentResponse {
        switch try request.kind.checked() {
        case .totp: break
        case .backupCodes:
            throw CallStatus(
                .unimplemented, reason: "FACTOR_KIND_UNSUPPORTED", "Backup codes are not enrolled.",
                hint: "Call RecoveryService.GenerateBackupCodes.")
        case nil: throw CallStatus.invalidField("kind", "is required.")
        }
        let command = StartEnrollment(
            facts: call.facts, parameters: try TOTPParameters(checking: request.totp),
            name: try FieldCheck.name(request.factorName, "factor_name"),
            proof: try FieldCheck.proof(request.verificationID))
        let offer = try await service.startEnrollment(
            command, of: call.key, account: try FieldCheck.account(request.accountName))
        return try .with {
            $0.factor = service.message(offer.factor)
            $0.totp.secretBase32 = Base32.encode(offer.credential.secret)
            $0.totp.otpauthUri = offer.otpauthURI
            $0.totp.qrPng = Data(try QRCode(offer.otpauthURI).png())
        }
    }
}

extension MFAService {
    func message(_ factor: Factor) -> Countersign_V1_Factor {
        Countersign_V1_Factor(factor, at: now, domainSettings)
    }
}
