import FactorImport
import MFADomain
import Testing

@Suite("CSV files come in")
struct CSVImportTests {
    static let header = "subject,kind,secret,account,issuer,algorithm,digits,period,counter,name,hashes"
    static let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

    @Test("Each kind has its columns, quoted or not, in either line ending, with or without a byte order mark")
    func kinds() throws {
        let digest = String(repeating: "0a", count: 32)
        let lines = [
            Self.header, "u1,totp,\(Self.secret),alice,Ex,SHA256,8,60,,\"My \"\"old\"\", phone\",",
            "\"u2\",hotp,hex:\(String(repeating: "Ff", count: 20)),,,,,,7,,", "",
            "u3,backup_codes,,,,,,,,Codes,sha256:\(digest);sha1:\(String(repeating: "01", count: 20))",
        ]
        for lineEnd in ["\n", "\r\n"] {
            for start in ["", "\u{feff}"] {
                let text = start + lines.joined(separator: lineEnd)
                for pieceLength in [1, 2, 7, 4096] {
                    let records = try read(.csv, text.utf8, pieceLength: pieceLength)
                    #expect(records.map(\.line) == [2, 3, 5])
                    let factors = try records.map { try $0.result.get() }
                    #expect(factors.map(\.subject) == ["u1", "u2", "u3"])
                    #expect(factors[0].name == "My \"old\", phone" && factors[0].issuer == "Ex")
                    let parameters = try #require(
                        TOTPParameters(algorithm: .sha256, digits: 8, periodSeconds: 60))
                    #expect(
                        factors[0].credential
                            == .totp(
                                secret: Array("12345678901234567890".utf8), parameters: parameters, lastStep: nil,
                                driftSteps: 0))
                    #expect(
                        factors[1].credential
                            == .hotp(
                                secret: [UInt8](repeating: 255, count: 20), algorithm: .sha1, digits: 6, counter: 7))
                    guard case .backupCodes(let hashes) = factors[2].credential else {
                        Issue.record("no backup codes")
                        continue
                    }
                    #expect(hashes.map(\.algorithm) == [.sha256, .sha1])
                    #expect(hashes[0].digest == [UInt8](repeating: 10, count: 32))
                }
            }
        }
    }

    @Test("Columns may be left out and stand in any order")
    func columns() throws {
        let factor = try readOne(.csv, "kind,secret,subject\ntotp,\(Self.secret),u\n").factor
        #expect(factor?.subject == "u")
    }

    @Test(
        "A header that is not one is refused, and none of its text repeated",
        arguments: [
            ("", ImportError.missingColumn(.subject)), ("\n\n", .missingColumn(.subject)),
            ("subject,kind,secret,Secret", .unknownColumn(4)), ("subject,kind, secret", .unknownColumn(3)),
            ("subject,kind,mac", .unknownColumn(3)), ("subject,kind,", .unknownColumn(3)),
            ("subject,kind,subject", .repeatedColumn(.subject)), ("subject,secret", .missingColumn(.kind)),
            ("kind,secret", .missingColumn(.subject)), ("subject,\"kind", .malformedCSV),
            ("u1,totp,\(secret)", .unknownColumn(1)),
        ])
    func header(text: String, error: ImportError) {
        #expect(throws: error) { try read(.csv, text) }
        #expect(!error.description.contains(Self.secret))
    }

    @Test(
        "A line that is wrong is refused by itself",
        arguments: [
            ("u,totp", ImportError.wrongColumnCount), ("u,totp,\(secret),,,,,,,,,", .wrongColumnCount),
            ("u,totp,\(secret),\"a,,,,,,,", .malformedCSV), ("u,totp,\(secret),a\"b,,,,,,,", .malformedCSV),
            ("u,totp,\(secret),\"a\"b,,,,,,,", .malformedCSV), ("u,totp,\(secret),\"a\" ,,,,,,,", .malformedCSV),
            (",totp,\(secret),,,,,,,,", .missing(.subject)), ("u,,\(secret),,,,,,,,", .missing(.kind)),
            ("u,TOTP,\(secret),,,,,,,,", .invalid(.kind, "totp, hotp or backup_codes")),
            ("u,totp,,,,,,,,,", .missing(.secret)),
            ("u,totp,\(secret)1,,,,,,,,", .invalid(.secret, "Base32, or hexadecimal after hex:")),
            ("u,totp,hex:\(secret),,,,,,,,", .invalid(.secret, "Base32, or hexadecimal after hex:")),
            (
                "u,totp,hex:0102030405060708090a0b0c0d0e0f1,,,,,,,,",
                .invalid(.secret, "Base32, or hexadecimal after hex:")
            ),
            ("u,totp,GEZDGNBVGY3TQOJQ,,,,,,,,", .secretTooShort(minimumBytes: 16)),
            ("u,totp,\(secret),,,,,,7,,", .unwanted(.counter)), ("u,totp,\(secret),,,,,,,,x", .unwanted(.hashes)),
            ("u,hotp,\(secret),,,,,,,,", .missing(.counter)), ("u,hotp,\(secret),,,,,30,1,,", .unwanted(.period)),
            ("u,totp,\(secret),,,,,30.0,,,", .invalid(.period, "15 to 120 seconds")),
            ("u,totp,\(secret),a:b,,,,,,,", .invalid(.account, "free of colons")),
            ("u,totp,\(secret),a\u{7}b,,,,,,,", .invalid(.account, "free of control characters")),
            ("u,totp,\(secret),a\rb,,,,,,,", .invalid(.account, "free of control characters")),
            ("u,totp,\(secret),,,,,,,\(String(repeating: "n", count: 65)),", .invalid(.name, "at most 64 characters")),
            ("u,backup_codes,\(secret),,,,,,,,sha1:00", .unwanted(.secret)),
            ("u,backup_codes,,,,,,,,,", .missing(.hashes)),
            (
                "u,backup_codes,,,,,,,,,sha1:00",
                .invalid(.hashes, "sha1:, sha256: or sha512: with a hexadecimal digest of that length each")
            ),
            (
                "u,backup_codes,,,,,,,,,md5:00112233445566778899aabbccddeeff",
                .invalid(.hashes, "sha1:, sha256: or sha512: with a hexadecimal digest of that length each")
            ),
            (
                "u,backup_codes,,,,,,,,,sha1:\(String(repeating: "0a", count: 20));sha1:\(String(repeating: "0A", count: 20))",
                .repeated(.hashes)
            ),
            ("\(String(repeating: "u", count: 20_000))", .lineTooLong(limitBytes: 16_384)),
        ])
    func line(text: String, error: ImportError) throws {
        let records = try read(.csv, "\(Self.header)\n\(text)\nu,totp,\(Self.secret),,,,,,,,\n")
        try #require(records.count == 2)
        #expect(records[0].result.error == error && records[0].line == 2)
        #expect(records[1].result.factor != nil && records[1].line == 3)
    }

    @Test("A line that is not UTF-8 is refused")
    func encoding() throws {
        let records = try read(.csv, Array("subject,kind\n".utf8) + [0xc3, 0x28] + Array(",totp".utf8))
        #expect(records.first?.result.error == .notUTF8)
    }

    @Test("Bytes that were changed at random never stop the reader")
    func fuzz() {
        var generator = SeededGenerator(state: 4)
        let text = "\u{feff}\(Self.header)\r\nu,totp,\(Self.secret),\"a \"\"b\",Ex,SHA1,6,30,,n,\r\n"
        for _ in 0..<5_000 {
            let bytes = generator.mutate(Array(text.utf8))
            _ = try? read(.csv, bytes, pieceLength: 16)
        }
    }
}
