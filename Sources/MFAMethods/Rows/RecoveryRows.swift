internal import MFADomain
internal import MFAProto
internal import MFAService

extension Rows {
    static func recovery(_ service: MFAService) -> [MethodRow] {
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
