import Foundation
import MFADomain
import MFATesting
import Testing

@Suite("otpauth URIs (CONTROLS row 15)")
struct OTPAuthURITests {
    struct Parsed: Decodable {
        let secret: String
        let algorithm: String
        let digits: Int
        let period: Int
        let name: String
        let issuer: String
    }

    static let names = [
        "alice@example.org", "Alice Example", "100 % sure", "ünïcödé 🎉", "\u{202e}right to left",
        "slash/back\\slash", "\"quotes\" 'n such", "日本語", "~tilde_under-score.dot",
    ]

    @Test("pyotp reads back what went in", arguments: names)
    func pyotpReadsBack(name: String) throws {
        try roundTrip(issuer: "Beispiel Söhne", name: name, reader: "uri")
    }

    @Test(
        "So does a plain reader of RFC 3986, characters that separate included",
        arguments: names + ["a+b&c=d?e#f", "%41%3A"])
    func rfc3986ReadsBack(name: String) throws {
        try roundTrip(issuer: "Example & Söhne", name: name, reader: "rfc3986")
    }

    private func roundTrip(issuer: String, name: String, reader: String) throws {
        let secret = Array(UInt8(0)..<20)
        let parameters = try #require(TOTPParameters(algorithm: .sha256, digits: 8, periodSeconds: 60))
        let uri = OTPAuthURI.totp(issuer: issuer, account: name, secret: secret, parameters: parameters)
        #expect(uri.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f }, "\(uri)")
        let parsed = try JSONDecoder().decode(Parsed.self, from: Data(Tool.oracles(reader, uri).utf8))
        #expect(parsed.name == name && parsed.issuer == issuer)
        #expect(parsed.secret == Base32.encode(secret))
        #expect(parsed.algorithm == "SHA256" && parsed.digits == 8 && parsed.period == 60)
    }

    @Test("Issuer in label and parameter alike, spaces as %20, no colon but the border, defaults left out")
    func exactForm() {
        let uri = OTPAuthURI.totp(
            issuer: "Example Corp", account: "user:42", secret: Array("12345678901234567890".utf8),
            parameters: .standard)
        #expect(
            uri == "otpauth://totp/Example%20Corp:user-42?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Example%20Corp"
        )
    }

    @Test("Base32: the vectors of RFC 4648 section 10; one changed character never means the same key unnoticed")
    func base32() {
        let vectors = [
            ("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ]
        for (plain, text) in vectors {
            #expect(Base32.encode(Array(plain.utf8)) == text)
            #expect(Base32.decode(text) == Array(plain.utf8))
            #expect(Base32.decode(text.lowercased()) == Array(plain.utf8))
            let padded = text + String(repeating: "=", count: (8 - text.count % 8) % 8)
            #expect(Base32.decode(padded) == Array(plain.utf8))
            for index in text.indices {
                for other in "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567018 =-é" where other != text[index] {
                    var changed = text
                    changed.replaceSubrange(index...index, with: String(other))
                    #expect(Base32.decode(changed) != Array(plain.utf8), "\(changed)")
                }
            }
        }
        for bad in ["M", "MZ======X", "MY=", "MY=======", "MZXW6Y", "MZ", "M Y", "0189"] {
            #expect(Base32.decode(bad) == nil, "\(bad)")
        }
    }
}
