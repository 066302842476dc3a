import Crypto
import Foundation
import SwiftASN1
import X509

/// The certificate authority that `init` makes, for one developer's machine.
struct DevelopmentAuthority {
    /// Marks what it issues: `serve` keeps such certificates on loopback, whatever the configuration says.
    static let organization = "Countersign development only"
    static let clientIdentity = "spiffe://dev.countersign.internal/client"
    static let validitySeconds: TimeInterval = 365 * 86_400
    /// What is left of a certificate's life when `init` makes a new one.
    static let renewalSeconds: TimeInterval = 30 * 86_400

    private let certificate: Certificate
    private let key: P256.Signing.PrivateKey

    /// A certificate and its key, in PEM form.
    struct Issued {
        let certificate: String
        let key: String
    }

    /// True for the authority's own certificate and for those it issued.
    static func isIssuer(of certificate: Certificate) -> Bool {
        String(describing: certificate.issuer).contains(organization)
    }

    /// A new authority.
    init(now: Date) throws {
        key = P256.Signing.PrivateKey()
        let name = try DistinguishedName {
            OrganizationName(Self.organization)
            CommonName("Countersign development CA")
        }
        let publicKey = Certificate.PublicKey(key.publicKey)
        certificate = try Certificate(
            version: .v3, serialNumber: .init(), publicKey: publicKey,
            notValidBefore: now.addingTimeInterval(-3_600),
            notValidAfter: now.addingTimeInterval(Self.validitySeconds),
            issuer: name, subject: name, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(keyCertSign: true, cRLSign: true))
                SubjectKeyIdentifier(hash: publicKey)
            },
            issuerPrivateKey: .init(key))
    }

    /// For this machine's server: localhost and both loopback addresses.
    func issueServer(now: Date) throws -> Issued {
        try issue(
            commonName: "localhost", usage: [.serverAuth],
            names: [
                .dnsName("localhost"),
                .ipAddress(ASN1OctetString(contentBytes: [127, 0, 0, 1])),
                .ipAddress(ASN1OctetString(contentBytes: ArraySlice([UInt8](repeating: 0, count: 15) + [1]))),
            ], now: now)
    }

    /// For the command line and for first programs.
    func issueClient(now: Date) throws -> Issued {
        try issue(
            commonName: "development client", usage: [.clientAuth],
            names: [.uniformResourceIdentifier(Self.clientIdentity)], now: now)
    }

    /// The authority's own, for certificates of further programs on the same machine.
    func issued() throws -> Issued {
        Issued(certificate: try certificate.serializeAsPEM().pemString + "\n", key: key.pemRepresentation + "\n")
    }

    private func issue(
        commonName: String, usage: [ExtendedKeyUsage.Usage], names: [GeneralName], now: Date
    ) throws -> Issued {
        let leafKey = P256.Signing.PrivateKey()
        let publicKey = Certificate.PublicKey(leafKey.publicKey)
        let leaf = try Certificate(
            version: .v3, serialNumber: .init(), publicKey: publicKey,
            notValidBefore: now.addingTimeInterval(-3_600),
            notValidAfter: now.addingTimeInterval(Self.validitySeconds),
            issuer: certificate.subject,
            subject: try DistinguishedName {
                OrganizationName(Self.organization)
                CommonName(commonName)
            },
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage(usage)
                SubjectAlternativeNames(names)
                SubjectKeyIdentifier(hash: publicKey)
                AuthorityKeyIdentifier(
                    keyIdentifier: try certificate.extensions.subjectKeyIdentifier?.keyIdentifier)
            },
            issuerPrivateKey: .init(key))
        return Issued(certificate: try leaf.serializeAsPEM().pemString + "\n", key: leafKey.pemRepresentation + "\n")
    }
}
