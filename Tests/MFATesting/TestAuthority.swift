import Crypto
public import Foundation
import SwiftASN1
public import X509

/// A certificate authority for one test: issues certificates that are right, then wrong in one way each.
///
///     let authority = try TestAuthority()
///     let server = try authority.issue(.server())
///     let client = try authority.issue(.client(spiffeID: "spiffe://test/backend"))
///     let paths = try client.write(to: directory, named: "client")
public struct TestAuthority: Sendable {
    /// What a certificate is to say.
    public struct Request: Sendable {
        public var commonName: String
        public var alternativeNames: [GeneralName]
        /// nil leaves the extension out.
        public var extendedKeyUsage: [ExtendedKeyUsage.Usage]?
        public var notValidBefore: Date
        public var notValidAfter: Date
        public var serialNumber = Certificate.SerialNumber()
        public var isAuthority = false

        public init(
            commonName: String, alternativeNames: [GeneralName] = [], extendedKeyUsage: [ExtendedKeyUsage.Usage]?,
            notValidBefore: Date = Date(timeIntervalSinceNow: -3600),
            notValidAfter: Date = Date(timeIntervalSinceNow: 3600)
        ) {
            self.commonName = commonName
            self.alternativeNames = alternativeNames
            self.extendedKeyUsage = extendedKeyUsage
            self.notValidBefore = notValidBefore
            self.notValidAfter = notValidAfter
        }

        /// A server on loopback.
        public static func server(dnsName: String = "localhost") -> Request {
            Request(
                commonName: dnsName,
                alternativeNames: [.dnsName(dnsName), .ipAddress(ASN1OctetString(contentBytes: [127, 0, 0, 1]))],
                extendedKeyUsage: [.serverAuth])
        }

        /// A caller with a SPIFFE ID.
        public static func client(spiffeID: String = "spiffe://test.example/backend") -> Request {
            client(names: [.uniformResourceIdentifier(spiffeID)])
        }

        /// A caller with any names.
        public static func client(names: [GeneralName]) -> Request {
            Request(commonName: "client", alternativeNames: names, extendedKeyUsage: [.clientAuth])
        }

        /// An authority below this one.
        public static func intermediate(_ commonName: String) -> Request {
            var request = Request(commonName: commonName, extendedKeyUsage: nil)
            request.isAuthority = true
            return request
        }
    }

    /// A certificate, its key and the certificates between it and the root.
    public struct Identity: Sendable {
        public let certificate: Certificate
        public let key: Certificate.PrivateKey
        public let intermediates: [Certificate]

        /// The chain as PEM, leaf first.
        public var chainPEM: String {
            get throws {
                try ([certificate] + intermediates).map { try $0.serializeAsPEM().pemString }.joined(separator: "\n")
            }
        }

        public var keyPEM: String {
            get throws { try key.serializeAsPEM().pemString }
        }

        /// Writes NAME.pem and NAME.key, the key for its owner only.
        public func write(to directory: URL, named name: String) throws -> (certificate: String, key: String) {
            let certificateFile = directory.appendingPathComponent("\(name).pem")
            let keyFile = directory.appendingPathComponent("\(name).key")
            try Data(chainPEM.utf8).write(to: certificateFile)
            try Data(keyPEM.utf8).write(to: keyFile)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: keyFile.path)
            return (certificateFile.path, keyFile.path)
        }
    }

    private let root: Certificate
    private let key: Certificate.PrivateKey
    private let chain: [Certificate]

    public init(commonName: String = "Test authority") throws {
        key = Certificate.PrivateKey(P256.Signing.PrivateKey())
        var request = Request(commonName: commonName, extendedKeyUsage: nil)
        request.isAuthority = true
        root = try Self.certificate(request, for: key.publicKey, issuer: nil, issuerKey: key)
        chain = []
    }

    private init(root: Certificate, key: Certificate.PrivateKey, chain: [Certificate]) {
        self.root = root
        self.key = key
        self.chain = chain
    }

    /// The root as PEM: what a peer has to trust.
    public var rootPEM: String {
        get throws { try root.serializeAsPEM().pemString }
    }

    public func issue(_ request: Request) throws -> Identity {
        let subjectKey = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let certificate = try Self.certificate(
            request, for: subjectKey.publicKey, issuer: chain.first ?? root, issuerKey: key)
        return Identity(certificate: certificate, key: subjectKey, intermediates: chain)
    }

    /// An authority whose certificates chain to the same root through one more certificate.
    public func intermediate(_ commonName: String) throws -> TestAuthority {
        let identity = try issue(.intermediate(commonName))
        return TestAuthority(root: root, key: identity.key, chain: [identity.certificate] + chain)
    }

    /// A certificate that nobody vouches for but its own key.
    public static func selfSigned(_ request: Request) throws -> Identity {
        let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let certificate = try certificate(request, for: key.publicKey, issuer: nil, issuerKey: key)
        return Identity(certificate: certificate, key: key, intermediates: [])
    }

    /// A certificate signed with the key of one that is no authority.
    public static func forged(_ request: Request, by leaf: Identity) throws -> Identity {
        let forger = TestAuthority(root: leaf.certificate, key: leaf.key, chain: [leaf.certificate])
        return try forger.issue(request)
    }

    private static func certificate(
        _ request: Request, for publicKey: Certificate.PublicKey, issuer: Certificate?,
        issuerKey: Certificate.PrivateKey
    ) throws -> Certificate {
        let subject = try DistinguishedName { CommonName(request.commonName) }
        var extensions = Certificate.Extensions()
        if request.isAuthority {
            try extensions.append(.init(BasicConstraints.isCertificateAuthority(maxPathLength: nil), critical: true))
            try extensions.append(.init(KeyUsage(keyCertSign: true), critical: true))
        } else {
            try extensions.append(.init(BasicConstraints.notCertificateAuthority, critical: true))
            try extensions.append(.init(KeyUsage(digitalSignature: true), critical: true))
        }
        if let usages = request.extendedKeyUsage {
            try extensions.append(.init(ExtendedKeyUsage(usages), critical: false))
        }
        if !request.alternativeNames.isEmpty {
            try extensions.append(.init(SubjectAlternativeNames(request.alternativeNames), critical: false))
        }
        return try Certificate(
            version: .v3, serialNumber: request.serialNumber, publicKey: publicKey,
            notValidBefore: request.notValidBefore, notValidAfter: request.notValidAfter,
            issuer: issuer?.subject ?? subject, subject: subject, extensions: extensions, issuerPrivateKey: issuerKey)
    }
}
