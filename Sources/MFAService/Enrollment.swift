public import MFADomain

/// What a person needs to set up an authenticator app.
public struct EnrollmentOffer: Sendable {
    public let factor: Factor
    public let credential: TOTPCredential
    public let otpauthURI: String
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
        return EnrollmentOffer(
            factor: outcome.factor, credential: outcome.credential,
            otpauthURI: OTPAuthURI.totp(
                issuer: settings.issuer(of: key.tenant), account: name, secret: outcome.credential.secret,
                parameters: outcome.credential.parameters))
    }
}
