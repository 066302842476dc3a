internal import Crypto
internal import Foundation
public import MFADomain

/// A name for something of one subject that can be handed to those who must not know the subject: a device, a
/// provider that reports a delivery. Only this server can make one or read it (AES-256-GCM under the ring's static key).
public struct RouteToken: Sendable, Hashable {
    /// What is named. A token of one purpose is none of another. Raw values are sealed in; append only.
    public enum Purpose: UInt8, Sendable, Hashable {
        case device = 1
        case receipt = 2
    }

    public let key: SubjectKey
    /// The 16 bytes of an id.
    public let id: [UInt8]

    public init(key: SubjectKey, id: [UInt8]) {
        self.key = key
        self.id = id
    }
}

extension KeyRing {
    /// The token as text, in base64url.
    public func sealRoute(_ token: RouteToken, for purpose: RouteToken.Purpose) -> String {
        var plain = token.id
        plain += [UInt8(truncatingIfNeeded: token.key.tenant.utf8.count)]
        plain += token.key.tenant.utf8
        plain += token.key.subject.utf8
        // Neither fails: there is a combined form for every nonce of 12 bytes, which is what the library makes.
        guard let box = try? AES.GCM.seal(plain, using: routeKey, authenticating: [purpose.rawValue]),
            let combined = box.combined
        else { return "" }
        return Base64URL.text(of: combined)
    }

    /// Nil for anything that this server did not seal for this purpose.
    public func openRoute(_ text: String, for purpose: RouteToken.Purpose) -> RouteToken? {
        guard text.utf8.count <= 512, let combined = Base64URL.data(of: text),
            let box = try? AES.GCM.SealedBox(combined: combined),
            let plain = try? AES.GCM.open(box, using: routeKey, authenticating: [purpose.rawValue]),
            plain.count > FactorID.byteCount
        else { return nil }
        let bytes = Array(plain)
        let tenantEnd = FactorID.byteCount + 1 + Int(bytes[FactorID.byteCount])
        guard tenantEnd <= bytes.count,
            let tenant = String(validating: bytes[(FactorID.byteCount + 1)..<tenantEnd], as: UTF8.self),
            let subject = String(validating: bytes[tenantEnd...], as: UTF8.self)
        else { return nil }
        return RouteToken(
            key: SubjectKey(tenant: tenant, subject: subject), id: Array(bytes.prefix(FactorID.byteCount)))
    }
}
