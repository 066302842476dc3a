import Foundation
import MFADomain
import MFAMethods
import MFATesting
import MFAWire
import NIOCore
import NIOSSL
import SwiftASN1
import TTRPC
import Testing
import X509

@Suite("TLS and the caller's certificate")
struct TLSTests {
    /// A listener with certificates of its own, in a folder that goes with it.
    private struct Site {
        let authority: TestAuthority
        let directory: URL
        let files: TLSFiles

        init(revoked: Set<String> = []) throws {
            authority = try TestAuthority()
            directory = FileManager.default.temporaryDirectory
                .appendingPathComponent("countersign-wire-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            let server = try authority.issue(.server()).write(to: directory, named: "server")
            let authorities = directory.appendingPathComponent("ca.pem")
            try Data(try authority.rootPEM.utf8).write(to: authorities)
            files = TLSFiles(
                certificateChain: server.certificate, privateKey: server.key, clientAuthorities: authorities.path,
                revokedSerialNumbers: revoked)
        }

        func remove() {
            try? FileManager.default.removeItem(at: directory)
        }

        func client(_ identity: TestAuthority.Identity?) throws -> TLSConfiguration {
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.trustRoots = .certificates(
                try NIOSSLCertificate.fromPEMBytes(Array(try authority.rootPEM.utf8)))
            if let identity {
                configuration.certificateChain = try NIOSSLCertificate.fromPEMBytes(Array(try identity.chainPEM.utf8))
                    .map { .certificate($0) }
                configuration.privateKey = .privateKey(
                    try NIOSSLPrivateKey(bytes: Array(try identity.keyPEM.utf8), format: .pem))
            }
            return configuration
        }
    }

    private static let backend = "spiffe://test.example/backend"
    private static let callers = CallerDirectory([
        backend: WireFixture.caller,
        "backend.test.example": Caller(name: "by-dns", tenants: .all, scopes: []),
    ])

    private func withSite<Result>(
        revoked: Set<String> = [], limits: WireLimits = WireFixture.limits(),
        _ body: (Site, WireFixture) async throws -> Result
    ) async throws -> Result {
        let site = try Site(revoked: revoked)
        defer { site.remove() }
        return try await withServer(security: .tls(site.files), callers: Self.callers, limits: limits) {
            try await body(site, $0)
        }
    }

    private func connect(
        _ fixture: WireFixture, _ site: Site, _ identity: TestAuthority.Identity?,
        _ change: (inout TLSConfiguration) -> Void = { _ in }
    ) async throws -> RawPeer {
        var configuration = try site.client(identity)
        change(&configuration)
        return try await RawPeer.connect(to: fixture.server.localAddress, tls: configuration)
    }

    /// Sends a call and expects the connection to be closed without an answer, and one line in the log.
    private func expectRefused(
        _ fixture: WireFixture, _ site: Site, _ identity: TestAuthority.Identity?, _ reason: String? = nil,
        sourceLocation: SourceLocation = #_sourceLocation, _ change: (inout TLSConfiguration) -> Void = { _ in }
    ) async throws {
        let lines = fixture.log.lines.count
        let peer = try await connect(fixture, site, identity, change)
        try? await peer.call(1, "Echo", [1])
        try await peer.waitUntilClosed(sourceLocation: sourceLocation)
        #expect(peer.current.frames.isEmpty, sourceLocation: sourceLocation)
        try await eventually({ fixture.server.connectionCount == 0 }, sourceLocation: sourceLocation)
        #expect(fixture.log.lines.count == lines + 1, sourceLocation: sourceLocation)
        if let reason {
            #expect(fixture.log.lines.last?.contains(reason) == true, sourceLocation: sourceLocation)
        }
        #expect(fixture.service.contexts.isEmpty, sourceLocation: sourceLocation)
    }

    @Test("A SPIFFE ID names the caller, in TLS 1.3 and 1.2", arguments: [TLSVersion.tlsv12, .tlsv13])
    func spiffe(version: TLSVersion) async throws {
        try await withSite { site, fixture in
            let identity = try site.authority.issue(.client(spiffeID: Self.backend))
            let peer = try await connect(fixture, site, identity) {
                $0.minimumTLSVersion = version
                $0.maximumTLSVersion = version
            }
            #expect(try await peer.isServed())
            #expect(fixture.service.contexts.first?.caller.name == "backend")
        }
    }

    @Test("Without a SPIFFE ID the first DNS name does; other names count for nothing")
    func dnsName() async throws {
        try await withSite { site, fixture in
            let identity = try site.authority.issue(
                .client(names: [
                    .rfc822Name("spiffe://test.example/backend"), .uniformResourceIdentifier("https://test.example/x"),
                    .dnsName("backend.test.example"), .dnsName("other.test.example"),
                ]))
            let peer = try await connect(fixture, site, identity)
            #expect(try await peer.isServed())
            #expect(fixture.service.contexts.first?.caller.name == "by-dns")
        }
    }

    @Test("A SPIFFE ID wins over DNS names before it")
    func spiffeBeforeDNS() async throws {
        try await withSite { site, fixture in
            let identity = try site.authority.issue(
                .client(names: [.dnsName("backend.test.example"), .uniformResourceIdentifier(Self.backend)]))
            let peer = try await connect(fixture, site, identity)
            #expect(try await peer.isServed())
            #expect(fixture.service.contexts.first?.caller.name == "backend")
        }
    }

    @Test("A certificate that the configuration does not know may connect; each call is answered 16")
    func unknownCaller() async throws {
        try await withSite { site, fixture in
            let identity = try site.authority.issue(.client(spiffeID: "spiffe://test.example/stranger"))
            let peer = try await connect(fixture, site, identity)
            for streamID: UInt32 in [1, 3] {
                try await peer.call(streamID, "Echo")
                #expect(try await peer.refusal(streamID) == Refusal(16, "CALLER_UNKNOWN"))
            }
            try await peer.send(RawPeer.frame(5, 1, [0xff]))
            #expect(try await peer.refusal(5) == Refusal(16, "CALLER_UNKNOWN"))
            #expect(fixture.service.contexts.isEmpty)
        }
    }

    @Test("Chains through an intermediate authority are followed; a key usage extension is not demanded")
    func chains() async throws {
        try await withSite { site, fixture in
            var request = TestAuthority.Request.client(spiffeID: Self.backend)
            request.extendedKeyUsage = nil
            let peer = try await connect(fixture, site, try site.authority.intermediate("Middle").issue(request))
            #expect(try await peer.isServed())
        }
    }

    @Test("No certificate, no connection")
    func noCertificate() async throws {
        try await withSite { site, fixture in
            try await expectRefused(fixture, site, nil, "handshake_failed")
        }
    }

    @Test("Self-signed certificates and those of another authority are refused, even one of the same name")
    func foreignAuthorities() async throws {
        try await withSite { site, fixture in
            let request = TestAuthority.Request.client(spiffeID: Self.backend)
            try await expectRefused(fixture, site, try TestAuthority.selfSigned(request), "handshake_failed")
            try await expectRefused(fixture, site, try TestAuthority().issue(request), "handshake_failed")
            let middle = try TestAuthority(commonName: "Other").intermediate("Test authority")
            try await expectRefused(fixture, site, try middle.issue(request), "handshake_failed")
        }
    }

    @Test("Expired and not yet valid certificates are refused")
    func dates() async throws {
        try await withSite { site, fixture in
            var request = TestAuthority.Request.client(spiffeID: Self.backend)
            request.notValidAfter = Date(timeIntervalSinceNow: -60)
            try await expectRefused(fixture, site, try site.authority.issue(request), "handshake_failed")
            request.notValidBefore = Date(timeIntervalSinceNow: 60)
            request.notValidAfter = Date(timeIntervalSinceNow: 3600)
            try await expectRefused(fixture, site, try site.authority.issue(request), "handshake_failed")
        }
    }

    @Test("A certificate for servers only is refused")
    func serverOnly() async throws {
        try await withSite { site, fixture in
            var request = TestAuthority.Request.client(spiffeID: Self.backend)
            request.extendedKeyUsage = [.serverAuth]
            try await expectRefused(fixture, site, try site.authority.issue(request), "handshake_failed")
        }
    }

    @Test("A leaf cannot vouch for another")
    func leafAsAuthority() async throws {
        try await withSite { site, fixture in
            let leaf = try site.authority.issue(.client(spiffeID: "spiffe://test.example/stranger"))
            let forged = try TestAuthority.forged(.client(spiffeID: Self.backend), by: leaf)
            try await expectRefused(fixture, site, forged, "handshake_failed")
        }
    }

    @Test("A common name is no name")
    func commonNameOnly() async throws {
        try await withSite { site, fixture in
            var request = TestAuthority.Request.client(names: [])
            request.commonName = "backend.test.example"
            try await expectRefused(fixture, site, try site.authority.issue(request), "certificate_names_no_caller")
            request.alternativeNames = [.ipAddress(ASN1OctetString(contentBytes: [127, 0, 0, 1]))]
            try await expectRefused(fixture, site, try site.authority.issue(request), "certificate_names_no_caller")
        }
    }

    @Test(
        "Names with a NUL or another character that is not visible are refused",
        arguments: ["\(backend)\u{0}.evil.example", "\(backend) ", "\(backend)\n", ""])
    func unfitNames(name: String) async throws {
        try await withSite { site, fixture in
            for names: [GeneralName] in [
                [.dnsName(name)], [.dnsName(name), .dnsName("backend.test.example")],
                [.uniformResourceIdentifier(name), .dnsName(name)],
            ] {
                let identity = try site.authority.issue(.client(names: names))
                try await expectRefused(fixture, site, identity)
            }
        }
    }

    @Test("A certificate with several SPIFFE IDs is refused")
    func severalSPIFFEIDs() async throws {
        try await withSite { site, fixture in
            let identity = try site.authority.issue(
                .client(names: [
                    .uniformResourceIdentifier(Self.backend), .uniformResourceIdentifier("spiffe://test.example/other"),
                ]))
            try await expectRefused(fixture, site, identity, "certificate_names_several_callers")
        }
    }

    @Test("A serial number on the deny-list is refused, however it is written", arguments: ["0A:BC:DE", "abcde"])
    func revoked(entry: String) async throws {
        try await withSite(revoked: [entry]) { site, fixture in
            var request = TestAuthority.Request.client(spiffeID: Self.backend)
            request.serialNumber = Certificate.SerialNumber(bytes: [0x0a, 0xbc, 0xde])
            try await expectRefused(fixture, site, try site.authority.issue(request), "certificate_revoked")
            request.serialNumber = Certificate.SerialNumber(bytes: [0x0a, 0xbc, 0xdf])
            let peer = try await connect(fixture, site, try site.authority.issue(request))
            #expect(try await peer.isServed())
        }
    }

    @Test("A deny-list entry that is not a number does not start", arguments: ["", "xyz", "12 34", "１２"])
    func revokedEntries(entry: String) async throws {
        let site = try Site(revoked: [entry])
        defer { site.remove() }
        await #expect(throws: WireError.self) {
            try await withServer(security: .tls(site.files), callers: Self.callers) { _ in }
        }
    }

    @Test("A chain of ten intermediates harms nobody")
    func deepChain() async throws {
        try await withSite { site, fixture in
            var authority = site.authority
            for depth in 0..<10 { authority = try authority.intermediate("Middle \(depth)") }
            let deep = try await connect(fixture, site, try authority.issue(.client(spiffeID: Self.backend)))
            try? await deep.call(1, "Echo")
            try await eventually { deep.current.isClosed || !deep.current.frames.isEmpty }
            let peer = try await connect(fixture, site, try site.authority.issue(.client(spiffeID: Self.backend)))
            #expect(try await peer.isServed())
        }
    }

    @Test("TLS 1.1 and older are refused")
    func oldVersions() async throws {
        try await withSite { site, fixture in
            let identity = try site.authority.issue(.client(spiffeID: Self.backend))
            try await expectRefused(fixture, site, identity, "handshake_failed") {
                $0.minimumTLSVersion = .tlsv1
                $0.maximumTLSVersion = .tlsv11
            }
        }
    }

    @Test("Suites without forward secrecy or authenticated encryption are refused")
    func weakSuites() async throws {
        try await withSite { site, fixture in
            let identity = try site.authority.issue(.client(spiffeID: Self.backend))
            for suite: NIOTLSCipher in [
                .TLS_RSA_WITH_AES_128_GCM_SHA256, .TLS_RSA_WITH_AES_256_CBC_SHA, .TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA,
            ] {
                try await expectRefused(fixture, site, identity, "handshake_failed") {
                    $0.maximumTLSVersion = .tlsv12
                    $0.cipherSuiteValues = [suite]
                }
            }
        }
    }

    @Test("An independent scanner finds nothing below TLS 1.2 and no weak suite", .enabled(if: Scanner.path != nil))
    func scan() async throws {
        try await withSite { site, fixture in
            let identity = try site.authority.issue(.client(spiffeID: Self.backend))
                .write(to: site.directory, named: "client")
            let report = try await Scanner.run(
                address: "127.0.0.1:\(try #require(fixture.server.localAddress.port))",
                certificate: identity.certificate, key: identity.key)
            for version in ["SSLv2", "SSLv3", "TLSv1.0", "TLSv1.1"] {
                #expect(report.contains { $0.hasPrefix("\(version) ") && $0.hasSuffix("disabled") })
            }
            for version in ["TLSv1.2", "TLSv1.3"] {
                #expect(report.contains { $0.hasPrefix("\(version) ") && $0.hasSuffix("enabled") })
            }
            let suites = report.filter { $0.hasPrefix("Accepted") || $0.hasPrefix("Preferred") }
            #expect(!suites.isEmpty)
            for suite in suites {
                #expect(suite.contains("ECDHE-") || suite.contains(" TLS_"))
                #expect(suite.contains("GCM") || suite.contains("CHACHA20"))
            }
        }
    }

    @Test("Plain text on the TLS port, and a handshake that does not get on, are closed in time")
    func noHandshake() async throws {
        try await withSite(limits: WireFixture.limits { $0.handshakeTimeout = .seconds(1) }) { site, fixture in
            let plain = try await fixture.connect()
            try? await plain.call(1, "Echo")
            try await plain.waitUntilClosed()
            let silent = try await fixture.connect()
            try await silent.waitUntilClosed()
            let begun = try await fixture.connect()
            try? await begun.send([0x16, 0x03, 0x01, 0x02, 0x00, 0x01])
            try await begun.waitUntilClosed()
            try await eventually { fixture.server.connectionCount == 0 }
            #expect(fixture.log.lines.count == 3)
            let identity = try site.authority.issue(.client(spiffeID: Self.backend))
            #expect(try await connect(fixture, site, identity).isServed())
        }
    }

    @Test("Half-close and drain behind TLS answer what is in flight")
    func halfCloseAndDrain() async throws {
        try await withSite { site, fixture in
            let identity = try site.authority.issue(.client(spiffeID: Self.backend))
            let closing = try await connect(fixture, site, identity)
            try await closing.call(1, "Wait", [1])
            try await eventually { fixture.service.entered == 1 }
            closing.channel.close(mode: .output, promise: nil)
            let draining = try await connect(fixture, site, identity)
            try await draining.call(1, "Wait", [2])
            try await eventually { fixture.service.entered == 2 }
            let drained = Task { await fixture.server.shutdown(grace: .seconds(30)) }
            fixture.service.open()
            #expect(try await closing.response(1) == .message([1]))
            #expect(try await draining.response(1) == .message([2]))
            await drained.value
            #expect(fixture.server.connectionCount == 0)
        }
    }

    @Test("Large responses pass through TLS whole, with the peer's pauses")
    func largeResponses() async throws {
        let limits = WireFixture.limits { $0.maximumOutboundBacklogBytes = 64 * 1024 }
        try await withSite(limits: limits) { site, fixture in
            let identity = try site.authority.issue(.client(spiffeID: Self.backend))
            let peer = try await connect(fixture, site, identity)
            for index in 0..<100 { try await peer.call(UInt32(index * 2 + 1), "Large", [3, 0, 0]) }
            try await eventually { peer.current.frames.count == 100 }
            #expect(peer.current.frames.allSatisfy { $0.body.readableBytes > 196_608 })
        }
    }

    @Test("Unusable files do not start, and the error names the file")
    func unusableFiles() async throws {
        let site = try Site()
        defer { site.remove() }
        let empty = site.directory.appendingPathComponent("empty.pem")
        try Data().write(to: empty)
        let changes: [(inout TLSFiles) -> Void] = [
            { $0.certificateChain = empty.path }, { $0.privateKey = empty.path }, { $0.clientAuthorities = empty.path },
            { $0.certificateChain = "/nonexistent.pem" }, { $0.privateKey = "/nonexistent.pem" },
            { $0.clientAuthorities = "/nonexistent.pem" }, { $0.privateKey = $0.certificateChain },
        ]
        for change in changes {
            var files = site.files
            change(&files)
            let error = await #expect(throws: WireError.self) {
                try await withServer(security: .tls(files), callers: Self.callers) { _ in }
            }
            #expect(error?.description.contains(".pem") == true)
        }
    }
}
