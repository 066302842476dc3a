import SwiftASN1
import Testing
import X509

@testable import MFAWire

@Suite("Names, ids and deny-lists")
struct CallerIdentityTests {
    private func name(_ names: GeneralName...) -> Result<String, CallerIdentity.Refusal> {
        CallerIdentity.name(in: SubjectAlternativeNames(names))
    }

    private func refused(_ reason: ConnectionRefusal) -> Result<String, CallerIdentity.Refusal> {
        .failure(CallerIdentity.Refusal(reason: reason))
    }

    @Test("The SPIFFE ID names the caller, else the first DNS name")
    func order() {
        #expect(name(.dnsName("a"), .uniformResourceIdentifier("spiffe://t/b")) == .success("spiffe://t/b"))
        #expect(name(.dnsName("a"), .dnsName("b")) == .success("a"))
        #expect(name(.uniformResourceIdentifier("https://t/b"), .dnsName("b")) == .success("b"))
        #expect(name(.uniformResourceIdentifier("https://t/b")) == refused(.certificateUnnamed))
        #expect(name(.rfc822Name("a@b")) == refused(.certificateUnnamed))
        #expect(name() == refused(.certificateUnnamed))
    }

    @Test("A name that is unfit is not passed over for the next")
    func unfit() {
        #expect(name(.dnsName("a\u{0}b"), .dnsName("b")) == refused(.certificateUnnamed))
        #expect(
            name(.uniformResourceIdentifier("spiffe://t/b\u{0}"), .dnsName("b")) == refused(.certificateUnnamed))
        #expect(name(.dnsName(String(repeating: "a", count: 2049))) == refused(.certificateUnnamed))
        #expect(name(.dnsName("bücher.example")) == refused(.certificateUnnamed))
    }

    @Test("Two SPIFFE IDs name nobody, even if they are the same")
    func several() {
        let id = GeneralName.uniformResourceIdentifier("spiffe://t/b")
        #expect(name(id, id) == refused(.certificateAmbiguous))
    }

    @Test("Serial numbers are compared as numbers")
    func serialNumbers() throws {
        let revoked = try RevokedSerialNumbers(["00:0F:ff", "1"])
        #expect(revoked.contains(Certificate.SerialNumber(bytes: [0x0f, 0xff])))
        #expect(revoked.contains(Certificate.SerialNumber(bytes: [0x01])))
        #expect(!revoked.contains(Certificate.SerialNumber(bytes: [0xff])))
        #expect(!(try RevokedSerialNumbers([])).contains(Certificate.SerialNumber(bytes: [0x01])))
    }

    @Test("Request ids that are made are short, distinct and fit for a log line")
    func requestIDs() {
        var made: Set<String> = []
        for _ in 0..<50 {
            var identifier = RequestIdentifier()
            for _ in 0..<100 {
                let id = identifier.next()
                #expect(id.isVisibleASCII(atMost: 15))
                made.insert(id)
            }
        }
        #expect(made.count == 5000)
    }
}
