import Foundation
import NIOSSL
import X509

/// The name a verified client certificate gives its holder.
enum CallerIdentity {
    /// Only to be called once the chain was verified: until then the names are the peer's own words.
    static func name(
        in peerCertificate: NIOSSLCertificate?, revoked: RevokedSerialNumbers, now: Date = Date()
    ) -> Result<String, Refusal> {
        guard let peerCertificate, let bytes = try? peerCertificate.toDERBytes(),
            let certificate = try? Certificate(derEncoded: bytes)
        else { return .failure(Refusal(reason: .certificateUnnamed)) }
        guard !revoked.contains(certificate.serialNumber) else {
            return .failure(Refusal(reason: .certificateRevoked))
        }
        // The handshake looks at the dates, but a resumed session has none.
        guard now >= certificate.notValidBefore, now <= certificate.notValidAfter else {
            return .failure(Refusal(reason: .certificateExpired))
        }
        guard let names = try? certificate.extensions.subjectAlternativeNames else {
            return .failure(Refusal(reason: .certificateUnnamed))
        }
        return name(in: names)
    }

    /// The one SPIFFE ID, else the first DNS name. The subject's common name counts for nothing.
    static func name(in names: SubjectAlternativeNames) -> Result<String, Refusal> {
        var spiffeID: String?
        var dnsName: String?
        for name in names {
            switch name {
            case .uniformResourceIdentifier(let uri) where uri.utf8.starts(with: "spiffe:".utf8):
                guard spiffeID == nil else { return .failure(Refusal(reason: .certificateAmbiguous)) }
                spiffeID = uri
            case .dnsName(let name): dnsName = dnsName ?? name
            default: break
            }
        }
        // 2048 is the longest SPIFFE ID its specification allows. A name with a NUL or another control
        // character is refused, not shortened: to some reader it would be someone else's.
        guard let name = spiffeID ?? dnsName, name.isVisibleASCII(atMost: 2048) else {
            return .failure(Refusal(reason: .certificateUnnamed))
        }
        return .success(name)
    }

    struct Refusal: Error, Hashable {
        let reason: ConnectionRefusal
    }
}
