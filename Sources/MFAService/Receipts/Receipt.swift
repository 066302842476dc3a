internal import Foundation
internal import JWTKit

/// What a receipt says (docs/receipts.md).
struct Receipt: JWTPayload {
    let iss: String
    let sub: String
    let aud: String
    /// Seconds since 1970, as all times here.
    let iat: Int64
    let exp: Int64
    /// The verification, in hexadecimal digits.
    let jti: String
    /// "aal1" or "aal2".
    let acr: String
    let amr: [String]
    let tenant: String
    /// SHA-256 of the action, base64url.
    let actionHash: String

    enum CodingKeys: String, CodingKey {
        case iss, sub, aud, iat, exp, jti, acr, amr, tenant
        case actionHash = "action_hash"
    }

    /// Times are looked at where a receipt is redeemed, on the service's own clock.
    func verify(using algorithm: some JWTAlgorithm) {}
}
