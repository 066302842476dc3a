import Foundation
import MFADomain
import Testing

@testable import countersign

struct PushPairingTests {
    static let factor = "00112233445566778899aabbccddeeff"
    static let secret = "000102030405060708090a0b0c0d0e0f"
    static let start = "countersign-push://pair?v=1&factor=\(factor)&secret=\(secret)"
    static let uri = "\(start)&app=Example%20Bank&account=alice%40example.org&tenant=default&subject=alice"

    @Test("A pairing URI is read, percent-encoded UTF-8 and all, and its parameters come in any order")
    func reads() throws {
        let pairing = try PushPairing(uri: Self.uri)
        #expect(pairing.factorID.text == Self.factor)
        #expect(pairing.secret.bytes == Array(0...15))
        #expect(pairing.app == "Example Bank" && pairing.account == "alice@example.org")
        #expect(pairing.tenant == "default" && pairing.subject == "alice")
        let reversed = Self.uri.dropFirst("countersign-push://pair?".count).split(separator: "&").reversed()
        #expect(try PushPairing(uri: "countersign-push://pair?" + reversed.joined(separator: "&")) == pairing)
        let other = try PushPairing(uri: "\(Self.start)&app=Z%C3%BCrich+%26%3d&account=&tenant=a&subject=%F0%9F%94%91")
        #expect(other.app == "Zürich+&=" && other.account.isEmpty && other.subject == "🔑")
    }

    @Test(
        "A URI that is not exactly of the documented form is refused, without a word of what was in it",
        arguments: [
            ("", "this is not a pairing URI"),
            ("otpauth://totp/A:b?secret=JBSWY3DPEHPK3PXP", "this is not a pairing URI"),
            ("COUNTERSIGN-PUSH://pair?v=1", "this is not a pairing URI"),
            (uri.replacing("v=1", with: "v=2"), "the pairing URI is of another version"),
            (uri.replacing("v=1", with: "v=01"), "the pairing URI is of another version"),
            (uri.replacing("v=1&", with: ""), "the pairing URI has no v"),
            (uri.replacing("&secret=\(secret)", with: ""), "the pairing URI has no secret"),
            (uri.replacing("&app=Example%20Bank", with: ""), "the pairing URI has no app"),
            (uri.replacing("&subject=alice", with: ""), "the pairing URI has no subject"),
            (uri.replacing("subject=alice", with: "subject="), "the pairing URI has no subject"),
            (uri.replacing("tenant=default", with: "tenant="), "the pairing URI has no tenant"),
            (
                uri.replacing(secret, with: secret.dropLast()),
                "the secret in the pairing URI is not 32 lower-case hex digits"
            ),
            (
                uri.replacing(secret, with: secret + "0"),
                "the secret in the pairing URI is not 32 lower-case hex digits"
            ),
            (
                uri.replacing(secret, with: secret.uppercased()),
                "the secret in the pairing URI is not 32 lower-case hex digits"
            ),
            (
                uri.replacing(factor, with: factor.dropLast(2)),
                "the factor in the pairing URI is not 32 lower-case hex digits"
            ),
            (uri + "&subject=alice", "the pairing URI has its subject twice"),
            (uri + "&v=1", "the pairing URI has its v twice"),
            (uri + "&extra=1", "the pairing URI has a parameter that it should not have"),
            (uri + "&", "the pairing URI has a parameter that it should not have"),
            (uri.replacing("v=1", with: "v"), "the pairing URI has a parameter that it should not have"),
            (uri + "#", "the subject in the pairing URI is not percent-encoded text"),
            (uri + "%", "the subject in the pairing URI is not percent-encoded text"),
            (uri + "%4", "the subject in the pairing URI is not percent-encoded text"),
            (uri + "%zz", "the subject in the pairing URI is not percent-encoded text"),
            (uri + "%+4", "the subject in the pairing URI is not percent-encoded text"),
            (uri + "%FF", "the subject in the pairing URI is not percent-encoded text"),
            (uri + "%1B%5B2J", "the subject in the pairing URI is not percent-encoded text"),
            (uri + "%C2%9B", "the subject in the pairing URI is not percent-encoded text"),
            (uri + "\n", "the subject in the pairing URI is not percent-encoded text"),
            (uri + "ü", "the subject in the pairing URI is not percent-encoded text"),
            (uri + String(repeating: "a", count: 10_000), "the pairing URI is too long"),
            (String(repeating: "&", count: 10_000), "the pairing URI is too long"),
        ])
    func refuses(uri: String, message: String) throws {
        let complaint = try #require(throws: Complaint.self) { try PushPairing(uri: uri) }
        #expect(complaint.message == message)
        #expect(complaint.status == .usage)
        #expect(!"\(complaint.message) \(complaint.hint ?? "")".contains(Self.secret.prefix(8)))
    }

    @Test("What device.py reads in a URI is what this reads, and it refuses the same")
    func agrees() throws {
        let read = try Device.python(
            """
            for uri in given:
                try:
                    pairing = device.parse_pairing_uri(uri)
                    print(pairing.factor, pairing.secret.hex(), pairing.app, pairing.account, pairing.tenant, pairing.subject)
                except ValueError:
                    print("refused")
            """, given: Self.shared)
        let here = Self.shared.map { uri -> String in
            guard let pairing = try? PushPairing(uri: uri) else { return "refused" }
            return [
                pairing.factorID.text, pairing.secret.bytes.hexadecimal, pairing.app, pairing.account, pairing.tenant,
                pairing.subject,
            ].joined(separator: " ")
        }
        #expect(read.split(separator: "\n").map(String.init) == here)
        #expect(here.filter { $0 == "refused" }.count == 6)
    }

    private static let shared = [
        uri, "\(start)&app=a+b&account=Z%c3%bcrich&tenant=t&subject=%25%26", uri + "&v=1", uri + "&w=1",
        uri.replacing("v=1", with: "v=2"), uri.replacing("&tenant=default", with: ""),
        uri.replacing("00010203", with: ""),
        uri.uppercased(),
    ]
}
