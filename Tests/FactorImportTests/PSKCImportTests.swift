import FactorImport
import Foundation
import MFADomain
import MFATesting
import Testing

@Suite("PSKC files come in (CONTROLS row 17, RFC 6030)")
struct PSKCImportTests {
    private func hotp(digits: Int = 8, counter: UInt64 = 0) -> ImportedFactor.Credential {
        .hotp(secret: RFC6030.secret, algorithm: .sha1, digits: digits, counter: counter)
    }

    @Test("Figure 2 has a secret that is too short for anything")
    func figure2() throws {
        #expect(try readOne(.pskc, RFC6030.figure2).error == .secretTooShort(minimumBytes: 16))
    }

    @Test("Figure 3: a key with device and user")
    func figure3() throws {
        let record = try #require(try read(.pskc, RFC6030.figure3).first)
        #expect(record.line == 5)
        let factor = try record.result.get()
        #expect(factor.credential == hotp())
        #expect(factor.issuer == "Issuer" && factor.account == "UID=jsmith,DC=example-bank,DC=net")
        #expect(factor.name == "987654321" && factor.warnings == [])
    }

    @Test("Figure 4 names a key that is not in the file")
    func figure4() throws {
        #expect(try readOne(.pskc, RFC6030.figure4).error == .missing(.secret))
    }

    @Test("Figure 5: the key comes in, the PIN in its own package does not")
    func figure5() throws {
        let results = try read(.pskc, RFC6030.figure5).map(\.result)
        #expect(results.count == 2 && results[0].factor?.credential == hotp())
        #expect(results[1].error == .unsupportedAlgorithm)
    }

    @Test("Figure 6: encrypted with a key both sides have")
    func figure6() throws {
        let options = ImportOptions(now: testNow, key: .preShared(RFC6030.preSharedKey))
        #expect(try readOne(.pskc, RFC6030.figure6, options).factor?.credential == hotp())
    }

    @Test("Figure 7: encrypted with a password; it does not say the counter")
    func figure7() throws {
        let options = ImportOptions(now: testNow, key: .password(RFC6030.password))
        let factor = try #require(try readOne(.pskc, RFC6030.figure7, options).factor)
        #expect(factor.credential == hotp() && factor.warnings == [.counterAssumed])
    }

    @Test("Figure 8 is encrypted for the owner of a certificate")
    func figure8() {
        #expect(throws: ImportError.unsupportedEncryption) { try read(.pskc, RFC6030.figure8) }
    }

    @Test("Figure 9 is signed, which is said")
    func figure9() throws {
        let factor = try #require(try readOne(.pskc, RFC6030.figure9).factor)
        #expect(factor.credential == hotp(digits: 6) && factor.warnings == [.signatureNotChecked])
    }

    @Test("Figure 10: four keys, each in its time")
    func figure10() throws {
        for (moment, valid) in [
            (1_141_171_199, []), (1_141_171_200, [3]), (1_143_763_200, [3]), (1_143_763_201, []),
            (1_143_849_600, [4]), (1_146_441_600, [1, 2]), (1_767_225_600, []),
        ] as [(Int64, [Int])] {
            let results = try read(.pskc, RFC6030.figure10, ImportOptions(now: Timestamp(seconds: moment))).map(
                \.result)
            #expect(results.count == 4)
            let found = results.indices.filter { results[$0].factor != nil }.map { $0 + 1 }
            #expect(found == valid, "\(moment)")
            #expect(results.allSatisfy { $0.factor != nil || $0.error == .notValidNow })
        }
    }

    @Test("What python-pskc writes is read as python-pskc reads it, with every cipher and MAC")
    func pythonWrites() throws {
        for container in try FactorOracles.containers(seed: 17) {
            let results = try read(.pskc, container.xml, container.options).map(\.result)
            #expect(results.count == container.keys.count)
            for (result, key) in zip(results, container.keys) {
                #expect(result.factor?.isAlike(key) == true, "\(result.error?.description ?? "") \(container.xml)")
            }
        }
    }

    @Test("What we write, python-pskc and we read alike", arguments: ["sha1", "sha256"])
    func pythonReads(hash: String) throws {
        var writer = PSKCWriter()
        writer.macHash =
            hash == "sha1"
            ? "http://www.w3.org/2000/09/xmldsig#hmac-sha1" : "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"
        writer.data += "<TimeDrift><PlainValue>-3</PlainValue></TimeDrift>"
        let plain = try writer.xml()
        try compare(plain, nil, try FactorOracles.pskc(plain))
        for count in [16, 24, 32] {
            let key = [UInt8](repeating: 0xab, count: count)
            writer.protection = .preShared(key)
            let xml = try writer.xml()
            let hex = String(repeating: "ab", count: count)
            try compare(xml, .preShared(key), try FactorOracles.pskc(xml, "key", hex))
        }
        writer.protection = .password("pässword", iterations: 1000)
        let xml = try writer.xml()
        try compare(xml, .password("pässword"), try FactorOracles.pskc(xml, "password", "pässword"))
    }

    private func compare(
        _ xml: String, _ key: ImportOptions.Key?, _ described: [FactorOracles.Described]
    ) throws {
        let factor = try #require(try readOne(.pskc, xml, ImportOptions(now: testNow, key: key)).factor)
        #expect(described.count == 1 && factor.isAlike(described[0]), "\(described)")
    }

    @Test("pskctool finds what we write in order, and reads the same key")
    func pskctoolReads() throws {
        var writer = PSKCWriter()
        writer.algorithm = "hotp"
        writer.data = "<Counter><PlainValue>42</PlainValue></Counter>"
        let xml = try writer.xml()
        #expect(try Tool.run(["pskctool", "--validate"], input: Data(xml.utf8)).hasPrefix("OK"))
        let info = try Tool.run(["pskctool", "--info", "--strict"], input: Data(xml.utf8))
        #expect(info.contains("Key Secret (base64): \(Data(RFC6030.secret).base64EncodedString())\n"))
        #expect(info.contains("Key Counter: 42\n") && info.contains("Response Format Length: 8\n"))
        #expect(try readOne(.pskc, xml).factor?.credential == hotp(counter: 42))
    }

    @Test("What pskctool writes, signed, comes in with a warning")
    func pskctoolWrites() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (key, certificate) = (folder.path + "/key.pem", folder.path + "/certificate.pem")
        _ = try Tool.run([
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=pskc", "-keyout", key,
            "-out", certificate,
        ])
        let signed = try Tool.run(
            ["pskctool", "--sign", "--sign-key=\(key)", "--sign-crt=\(certificate)"],
            input: Data(RFC6030.figure3.utf8))
        let factor = try #require(try readOne(.pskc, signed).factor)
        #expect(factor.credential == hotp() && factor.warnings == [.signatureNotChecked])
    }

    @Test("Drift and time are kept; a time to come is refused")
    func time() throws {
        var writer = PSKCWriter()
        let step = testNow.seconds / 60
        for (time, expected) in [(0, nil), (step, step), (step + 1, step + 1)] as [(Int64, Int64?)] {
            writer.data = Self.timeData(time, drift: -2)
            guard
                case .totp(_, let parameters, let lastStep, let driftSteps) =
                    try readOne(.pskc, writer.xml()).factor?.credential
            else {
                Issue.record("not read")
                continue
            }
            #expect(parameters.periodSeconds == 60 && lastStep == expected && driftSteps == -2)
        }
        writer.data = Self.timeData(step + 2, drift: 0)
        #expect(
            try readOne(.pskc, writer.xml()).error == .invalid(.time, "a number of periods that have passed"))
        writer.data = Self.timeData(0, drift: 1001)
        #expect(try readOne(.pskc, writer.xml()).error == .invalid(.timeDrift, "at most 1000 periods"))
    }

    private static func timeData(_ time: Int64, drift: Int) -> String {
        """
        <Time><PlainValue>\(time)</PlainValue></Time><TimeInterval><PlainValue>60</PlainValue></TimeInterval>
        <TimeDrift><PlainValue>\(drift)</PlainValue></TimeDrift>
        """
    }

    @Test("An encrypted counter is read in network byte order; one that could be text as well is refused")
    func encryptedCounter() throws {
        var writer = PSKCWriter()
        writer.protection = .preShared(RFC6030.preSharedKey)
        writer.algorithm = "hotp"
        let options = ImportOptions(now: testNow, key: .preShared(RFC6030.preSharedKey))
        for (bytes, counter) in [
            ([42], 42), ([0, 0, 1, 0], 256), ([0x7f] + [UInt8](repeating: 0xff, count: 7), UInt64(Int64.max)),
            ([UInt8](repeating: 0xff, count: 8), nil), ([0x34, 0x32], nil), ([], nil),
            ([UInt8](repeating: 0, count: 9), nil),
        ] as [([UInt8], UInt64?)] {
            writer.data = "<Counter>\(try writer.value(bytes))</Counter>"
            let factor = try readOne(.pskc, writer.xml(), options).factor
            #expect(factor?.credential == counter.map { hotp(counter: $0) }, "\(bytes)")
        }
    }

    @Test(
        "A policy that is not understood makes the key unusable (RFC 6030, section 5)",
        arguments: [
            ("<Policy/>", nil), ("<Policy><KeyUsage>OTP</KeyUsage><KeyUsage>CR</KeyUsage></Policy>", nil),
            ("<Policy><PINPolicy PINKeyId=\"1\" PINUsageMode=\"Local\"/></Policy>", nil),
            ("<Policy><ExpiryDate>2030-01-01T00:00:00.5+01:00</ExpiryDate></Policy>", nil),
            ("<Policy><KeyUsage>CR</KeyUsage></Policy>", ImportError.unsupportedPolicy),
            ("<Policy><NumberOfTransactions>3</NumberOfTransactions></Policy>", .unsupportedPolicy),
            ("<Policy><PINPolicy PINUsageMode=\"Append\"/></Policy>", .unsupportedPolicy),
            ("<Policy><PINPolicy PINUsageMode=\"Local\" Other=\"1\"/></Policy>", .unsupportedPolicy),
            ("<Policy><x:Foo xmlns:x=\"urn:x\"/></Policy>", .unsupportedPolicy),
            ("<Policy><ExpiryDate>2025-01-01T00:00:00Z</ExpiryDate></Policy>", .notValidNow),
            ("<Policy><StartDate>2027-01-01T00:00:00Z</StartDate></Policy>", .notValidNow),
            ("<Policy><StartDate>soon</StartDate></Policy>", .invalid(.policy, "dated with a time zone")),
            ("<Policy/><Policy/>", .notPSKC),
        ] as [(String, ImportError?)])
    func policy(policy: String, error: ImportError?) throws {
        var writer = PSKCWriter()
        writer.policy = policy
        #expect(try readOne(.pskc, writer.xml()).error == error)
    }

    @Test(
        "Codes of other shapes are refused",
        arguments: [
            #"<ResponseFormat Encoding="DECIMAL" Length="7"/>"#,
            #"<ResponseFormat Encoding="HEXADECIMAL" Length="6"/>"#,
            #"<ResponseFormat Encoding="DECIMAL" Length="six"/>"#, #"<ResponseFormat Encoding="DECIMAL"/>"#,
            #"<ResponseFormat Encoding="DECIMAL" Length="6" CheckDigits="true"/>"#,
            #"<ResponseFormat Encoding="DECIMAL" Length="6" CheckDigits="not really"/>"#,
            #"<ChallengeFormat Encoding="DECIMAL" Min="6" Max="6"/>"#, "<Suite>MD5</Suite>",
        ])
    func shapes(format: String) throws {
        var writer = PSKCWriter()
        writer.responseFormat = format
        #expect(try readOne(.pskc, writer.xml()).error != nil)
    }
}
