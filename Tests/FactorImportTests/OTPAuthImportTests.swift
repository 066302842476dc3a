import FactorImport
import MFADomain
import Testing

@Suite("otpauth URIs come in (CONTROLS rows 15 and 16)")
struct OTPAuthImportTests {
    static let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

    @Test("What pyotp writes is read as pyotp reads it")
    func pyotp() throws {
        for (uri, described) in try FactorOracles.uris(count: 500, seed: 15) {
            let factor = try #require(try readOne(.uris, uri).factor, "\(uri)")
            #expect(factor.isAlike(described), "\(uri)")
        }
    }

    @Test("What we write ourselves comes back", arguments: OTPAuthNames.all)
    func roundTrip(name: String) throws {
        let parameters = try #require(TOTPParameters(algorithm: .sha512, digits: 8, periodSeconds: 45))
        let uri = OTPAuthURI.totp(issuer: name, account: name, secret: Array(1...64), parameters: parameters)
        let factor = try #require(try readOne(.uris, uri).factor)
        #expect(factor.issuer == name && factor.account == name && factor.subject == "" && factor.warnings == [])
        #expect(
            factor.credential == .totp(secret: Array(1...64), parameters: parameters, lastStep: nil, driftSteps: 0))
    }

    @Test("Defaults are SHA1, 6 digits and 30 seconds; parameters that are not known do not matter")
    func defaults() throws {
        let uri = "otpauth://totp/alice?secret=\(Self.secret)&image=https://example.org/a.png&image=2&lock=true"
        let factor = try #require(try readOne(.uris, uri).factor)
        #expect(
            factor.credential
                == .totp(
                    secret: Array("12345678901234567890".utf8), parameters: .standard, lastStep: nil, driftSteps: 0))
        #expect(factor.account == "alice" && factor.issuer == "")
    }

    @Test(
        "The label's border is a colon, encoded or not, with spaces after it",
        arguments: [
            "Ex%20A:alice?issuer=Ex%20A", "Ex%20A%3Aalice?issuer=Ex%20A", "Ex%20A:%20%20alice?issuer=Ex%20A",
            "Ex%20A:alice?", "Ex%20A:alice?issuer=", "alice?issuer=Ex%20A",
        ])
    func label(rest: String) throws {
        let factor = try #require(try readOne(.uris, "otpauth://totp/\(rest)&secret=\(Self.secret)").factor)
        #expect(factor.issuer == "Ex A" && factor.account == "alice")
    }

    @Test(
        "Whatever has two meanings or none is refused",
        arguments: [
            ("totp/Ex:alice?issuer=Other", ImportError.issuerMismatch),
            ("totp/Ex%20A:alice?issuer=Ex+A", .issuerMismatch),
            ("totp/E%CC%81:a?issuer=%C3%89", .issuerMismatch),
            ("totp/Ex:ali:ce?issuer=Ex", .invalid(.account, "free of colons")),
            ("totp/alice?issuer=E:x", .invalid(.issuer, "free of colons")),
            ("totp/alice?issuer=a&issuer=a", .repeated(.issuer)),
            ("totp/alice?digits=6&digits=8", .repeated(.digits)),
            ("totp/alice?digits=7", .invalid(.digits, "6 or 8")),
            ("totp/alice?digits=06", .invalid(.digits, "6 or 8")),
            ("totp/alice?digits=%EF%BC%96", .invalid(.digits, "6 or 8")),
            ("totp/alice?digits=", .invalid(.digits, "6 or 8")),
            ("totp/alice?period=14", .invalid(.period, "15 to 120 seconds")),
            ("totp/alice?period=121", .invalid(.period, "15 to 120 seconds")),
            ("totp/alice?period=-30", .invalid(.period, "15 to 120 seconds")),
            ("totp/alice?period=99999999999999999999", .invalid(.period, "15 to 120 seconds")),
            ("totp/alice?algorithm=MD5", .invalid(.algorithm, "SHA1, SHA256 or SHA512")),
            ("totp/alice?algorithm=", .invalid(.algorithm, "SHA1, SHA256 or SHA512")),
            ("hotp/alice?digits=6", .missing(.counter)),
            ("hotp/alice?counter=9223372036854775808", .invalid(.counter, "a number from 0 to 2^63 - 1")),
            ("hotp/alice?counter=-1", .invalid(.counter, "a number from 0 to 2^63 - 1")),
            ("motp/alice?", .invalid(.kind, "totp or hotp")),
            ("TOTP/alice?", .invalid(.kind, "totp or hotp")),
            ("totp/ali%2?", .invalid(.label, "percent-encoded UTF-8")),
            ("totp/ali%zz?", .invalid(.label, "percent-encoded UTF-8")),
            ("totp/ali%ff?", .invalid(.label, "percent-encoded UTF-8")),
            ("totp/ali ce?", .invalid(.label, "percent-encoded UTF-8")),
            ("totp/alicé?", .invalid(.label, "percent-encoded UTF-8")),
            ("totp/ali%00ce?", .invalid(.account, "free of control characters")),
            ("totp/ali%C2%85ce?", .invalid(.account, "free of control characters")),
            ("totp/alice?issuer=%", .notURI), ("totp/alice?x=#", .notURI),
        ])
    func refused(rest: String, error: ImportError) throws {
        let uri = "otpauth://\(rest)&secret=\(Self.secret)"
        #expect(try readOne(.uris, uri).error == error)
    }

    @Test(
        "What is no such URI is refused",
        arguments: [
            "otpauth://totp/alice?issuer=x", "otpauth://totp?secret=\(secret)", "otpauth:totp/a?secret=\(secret)",
            "OTPAUTH://totp/a?secret=\(secret)", "https://example.org", secret, "\u{0}", "#", "otpauth://",
            "otpauth://totp/\(String(repeating: "x", count: 129))?secret=\(secret)",
            "otpauth://totp/x?secret=\(secret)\(secret)&secret=\(secret)",
        ])
    func noURI(text: String) throws {
        #expect(try readOne(.uris, text).error != nil)
    }

    @Test("128 bits of secret are the least, or 80 where that is asked for; 128 bytes are the most")
    func secretLength() throws {
        let short = ImportOptions(now: testNow, allowShortSecrets: true)
        for (count, plainly, allowed) in [
            (0, false, false), (9, false, false), (10, false, true), (15, false, true), (16, true, true),
            (128, true, true), (129, false, false),
        ] {
            let uri = "otpauth://totp/a?secret=\(Base32.encode([UInt8](repeating: 1, count: count)))"
            #expect((try readOne(.uris, uri).factor != nil) == plainly, "\(count)")
            let factor = try readOne(.uris, uri, short).factor
            #expect((factor != nil) == allowed, "\(count)")
            if let factor { #expect(factor.warnings == (count < 16 ? [.shortSecret] : [])) }
        }
    }

    @Test("One changed character of a secret never gives the same key, and what is no Base32 gives none")
    func mutations() throws {
        let characters = Array(Self.secret)
        for index in characters.indices {
            for other in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 =-+%_é" {
                guard other.lowercased() != characters[index].lowercased() else { continue }
                var changed = characters
                changed[index] = other
                let result = try readOne(.uris, "otpauth://totp/a?secret=\(String(changed))")
                #expect(result.secret != Array("12345678901234567890".utf8), "\(String(changed))")
                if !"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz234567".contains(other) {
                    #expect(result.factor == nil, "\(String(changed))")
                }
            }
        }
    }

    @Test("Refusals name line and reason, and never the secret")
    func report() throws {
        let records = try read(
            .uris,
            """
            otpauth://totp/a?secret=\(Self.secret)

            otpauth://totp/a?secret=\(Self.secret)1
            \(String(repeating: "x", count: 20_000))
            otpauth://totp/a?secret=\(Self.secret)\r
            """)
        #expect(records.map(\.line) == [1, 3, 4, 5])
        #expect(records[0].result.factor != nil && records[3].result.factor != nil)
        #expect(records[1].result.error?.description == "The secret must be Base32.")
        #expect(records[2].result.error == .lineTooLong(limitBytes: 16_384))
    }

    @Test("Bytes that were changed at random never stop the reader")
    func fuzz() throws {
        var generator = SeededGenerator(state: 15)
        let uri = "otpauth://hotp/Ex%20ample:alice%40example.org?secret=\(Self.secret)&issuer=Ex%20ample&counter=7\r\n"
        for _ in 0..<5_000 {
            _ = try read(.uris, generator.mutate(Array(uri.utf8)))
        }
    }
}

enum OTPAuthNames {
    static let all = [
        "alice@example.org", "Alice Example", "100 % sure", "ünïcödé 🎉", "\u{202e}right to left", "a&b=c?d#e+f", "日本語",
        "%41%3A", "slash/back\\slash", "\"quotes\" 'n such",
    ]
}
