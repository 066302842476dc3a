public import MFADomain

/// What came of starting an enrollment, and what the person needs for it.
public struct EnrollmentOffer: Sendable {
    public let outcome: StartEnrollment.Outcome
    /// otpauth:// for an authenticator app, countersign-push:// for a device; empty for other kinds.
    public let uri: String
}

extension MFAService {
    /// Starts an enrollment.
    ///
    /// - Parameter account: shown in the app; else the subject's account name, else its id.
    public func startEnrollment(
        _ command: StartEnrollment, of key: SubjectKey, account: String
    ) async throws(ServiceError) -> EnrollmentOffer {
        let outcome = try await perform(command, on: key)
        let name = [account, outcome.accountName, key.subject].first { !$0.isEmpty } ?? key.subject
        let issuer = settings.issuer(of: key.tenant)
        var uri = ""
        switch outcome.factor?.credential {
        case .totp(let credential):
            uri = OTPAuthURI.totp(
                issuer: issuer, account: name, secret: credential.secret, parameters: credential.parameters)
        case .hotp(let credential):
            uri = OTPAuthURI.hotp(issuer: issuer, account: name, credential)
        case .push(let credential):
            if let factor = outcome.factor {
                uri = PairingURI.make(
                    factorID: factor.id, secret: credential.pairingSecret, appName: issuer, account: name,
                    tenant: key.tenant, subject: key.subject)
            }
        case .address, .backupCodes, .temporaryAccessCode, nil: break
        }
        return EnrollmentOffer(outcome: outcome, uri: uri)
    }
}
