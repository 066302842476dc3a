internal import MFADomain
internal import MFAProto
internal import MFAService

extension Rows {
    static func verification(_ service: MFAService) -> [MethodRow] {
        let methods = VerificationServiceMethods.self
        return [
            MethodRow(methods.verify, scope: .verify, takesGuess: true) { request, call in
                do {
                    let command = Verify(
                        facts: call.facts, target: try Verify.Target(checking: request),
                        code: try FieldCheck.code(request.code))
                    let outcome = try await service.perform(command, on: call.key)
                    return Countersign_V1_VerifyResponse(outcome, conceal: call.caller.conceal)
                } catch  where call.caller.conceal && StatusMapping.status(of: error).tellsWhoExists {
                    return .wrongCode
                }
            }
        ]
    }
}

extension Verify.Target {
    init(checking request: Countersign_V1_VerifyRequest) throws(CallStatus) {
        switch (request.factorID.isEmpty, try request.kind.checked()) {
        case (true, let kind?): self = .kind(kind)
        case (false, nil): self = .factor(try FieldCheck.factorID(request.factorID))
        case (true, nil): throw .invalidField("factor_id", "or kind is required.")
        case (false, .some): throw .invalidField("kind", "must not be given beside factor_id.")
        }
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
        if outcome.verdict == .accepted {
            verificationID = outcome.verificationID?.text ?? ""
            // One factor of possession, whatever its kind; a password is the caller's to add.
            aal = .aal1
            amr = outcome.factorKind.amr
            verifiedAtUnixMs = outcome.at.milliseconds
        }
    }
}
