internal import JWTKit

/// The claims that are exchanged for an access token (RFC 7523, section 3).
struct OAuthAssertion: JWTPayload {
    let iss: IssuerClaim
    let scope: String
    let aud: String
    let iat: IssuedAtClaim
    let exp: ExpirationClaim

    /// Ours are made here and never read.
    func verify(using algorithm: some JWTAlgorithm) throws {
        try exp.verifyNotExpired()
    }
}
