import FactorImport
import Foundation
import MFADomain
import Testing

@Suite("PSKC files that were made to harm (CONTROLS row 17)")
struct PSKCAttackTests {
    static let shared = ImportOptions(now: testNow, key: .preShared(RFC6030.preSharedKey))

    @Test("Every changed bit of a MAC, and of what it covers, is refused")
    func macFlips() throws {
        for (text, count) in [
            ("Su+NvtQfmvfJzF6bmQiJqoLRExc=", 20),
            ("AAECAwQFBgcICQoLDA0OD+cIHItlB3Wra1DUpxVvOx2lef1VmNPCMl8jwZqIUqGv", 48),
        ] {
            let value = Array(try #require(Data(base64Encoded: text)))
            #expect(value.count == count)
            for bit in 0..<count * 8 {
                var changed = value
                changed[bit / 8] ^= 1 << (bit % 8)
                let xml = RFC6030.figure6.replacingOccurrences(of: text, with: Data(changed).base64EncodedString())
                #expect(xml != RFC6030.figure6)
                #expect(try readOne(.pskc, xml, Self.shared).error == .macWrong)
            }
        }
    }

    @Test("A MAC that is missing, cut short or over the plain text is refused, and an unknown one")
    func macMissing() throws {
        let element = "<ValueMAC>Su+NvtQfmvfJzF6bmQiJqoLRExc=\n          </ValueMAC>"
        for (replacement, error) in [
            ("", ImportError.macMissing), ("<ValueMAC/>", .macWrong),
            ("<ValueMAC>Su+NvtQfmvfJzF6bmQg=</ValueMAC>", .macWrong),
            ("<ValueMAC>RDATcSJh3n8TAvMDoPzKqobgOCPZSluA7Gmvpg==</ValueMAC>", .macWrong),
            ("<ValueMAC>Su</ValueMAC>", .notPSKC),
            (element + element, .notPSKC),
        ] {
            let xml = Self.replacing(element, with: replacement, in: RFC6030.figure6)
            #expect(try readOne(.pskc, xml, Self.shared).error == error)
        }
        let unknown = RFC6030.figure6.replacingOccurrences(of: "hmac-sha1", with: "hmac-zha9")
        #expect(throws: ImportError.unsupportedMAC) { try read(.pskc, unknown, Self.shared) }
        // Without a MAC method, CBC authenticates nothing.
        let start = try #require(RFC6030.figure6.range(of: "<MACMethod"))
        let end = try #require(RFC6030.figure6.range(of: "</MACMethod>"))
        var none = RFC6030.figure6
        none.removeSubrange(start.lowerBound..<end.upperBound)
        #expect(try readOne(.pskc, none, Self.shared).error == .macMissing)
    }

    private static func replacing(_ element: String, with text: String, in xml: String) -> String {
        guard let start = xml.range(of: "<ValueMAC>"), let end = xml.range(of: "</ValueMAC>") else { return "" }
        return xml.replacingCharacters(in: start.lowerBound..<end.upperBound, with: text)
    }

    @Test("The wrong key, none, or one of another kind or length opens nothing")
    func wrongKeys() throws {
        var key = RFC6030.preSharedKey
        key[0] ^= 1
        for (xml, options, error) in [
            (RFC6030.figure6, ImportOptions(now: testNow), ImportError.keyNeeded),
            (RFC6030.figure6, ImportOptions(now: testNow, key: .password("x")), .keyNeeded),
            (RFC6030.figure6, ImportOptions(now: testNow, key: .preShared([1])), .wrongKeyLength),
            (
                RFC6030.figure6, ImportOptions(now: testNow, key: .preShared([UInt8](repeating: 1, count: 32))),
                .wrongKeyLength
            ),
            (RFC6030.figure7, Self.shared, .keyNeeded),
        ] {
            #expect(throws: error) { try read(.pskc, xml, options) }
        }
        #expect(throws: ImportError.self) {
            let results = try read(.pskc, RFC6030.figure6, ImportOptions(now: testNow, key: .preShared(key)))
            for record in results { _ = try record.result.get() }
        }
        #expect(throws: ImportError.self) {
            let results = try read(.pskc, RFC6030.figure7, ImportOptions(now: testNow, key: .password("qwertz")))
            for record in results { _ = try record.result.get() }
        }
    }

    @Test(
        "A count of iterations, a salt or a key length beyond reason is refused before any work",
        arguments: [
            ("1000</Iter", "2147483648</Iter", ImportError.tooManyIterations(limit: 1_000_000)),
            ("1000</Iter", "1000001</Iter", .tooManyIterations(limit: 1_000_000)),
            ("1000</Iter", "99999999999999999999</Iter", .notPSKC), ("1000</Iter", "0</Iter", .notPSKC),
            ("1000</Iter", "-1</Iter", .notPSKC), ("1000</Iter", "</Iter", .notPSKC),
            (">16</KeyLength", ">4294967296</KeyLength", .unsupportedEncryption),
            (">16</KeyLength", ">1</KeyLength", .unsupportedEncryption),
            ("Ej7/PEpyEpw=", "AA==", .unsupportedEncryption),
            ("Ej7/PEpyEpw=", String(repeating: "AAAA", count: 100), .unsupportedEncryption),
            ("<PRF/>", "<PRF Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#hmac-md5\"/>", .unsupportedEncryption),
            ("5v2-0#pbkdf2", "5v2-0#pbkdf1", .unsupportedEncryption),
            ("pkcs5:PBKDF2-params", "pkcs5:Other", .notPSKC),
        ])
    func derivation(text: String, replacement: String, error: ImportError) {
        let xml = RFC6030.figure7.replacingOccurrences(of: text, with: replacement)
        #expect(xml != RFC6030.figure7)
        #expect(throws: error) {
            try read(.pskc, xml, ImportOptions(now: testNow, key: .password(RFC6030.password)))
        }
    }

    @Test("A document type, an entity and a processing instruction are refused wherever they stand")
    func entities() throws {
        let figure = RFC6030.figure3
        let laughs = (1...9).map { "<!ENTITY l\($0) \"\(String(repeating: "&l\($0 - 1);", count: 10))\">" }.joined()
        for inserted in [
            "<!DOCTYPE KeyContainer [<!ENTITY l0 \"ha\">\(laughs)]>",
            "<!DOCTYPE KeyContainer [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>",
            "<!DOCTYPE KeyContainer SYSTEM \"http://localhost/x.dtd\">",
            "<!DOCTYPE KeyContainer [<!ENTITY % x SYSTEM \"file:///etc/passwd\"> %x;]>", "<!doctype x>",
            "<! DOCTYPE x>",
            "<?xml-stylesheet href=\"file:///etc/passwd\"?>", "<?x y?>",
        ] {
            for place in ["<KeyContainer", "<KeyPackage>", "<Issuer>"] {
                let xml = figure.replacingOccurrences(of: place, with: inserted + place)
                #expect(throws: ImportError.unsafeXML) { try read(.pskc, xml) }
            }
            #expect(throws: ImportError.unsafeXML) { try read(.pskc, figure + inserted) }
        }
        #expect(throws: ImportError.malformedXML) {
            try read(.pskc, figure.replacingOccurrences(of: "<Issuer>", with: "<Issuer>&x;"))
        }
        #expect(throws: ImportError.malformedXML) {
            try read(.pskc, figure.replacingOccurrences(of: "<Issuer>", with: "<Issuer>&#0;"))
        }
    }

    @Test("Another encoding, in which all that would look different, is refused")
    func encodings() throws {
        let figure = RFC6030.figure3
        for encoding in ["UTF-16", "UTF-7", "ISO-8859-1", "UTF-8x", ""] {
            let xml = figure.replacingOccurrences(of: "\"UTF-8\"", with: "\"\(encoding)\"")
            #expect(throws: ImportError.malformedXML) { try read(.pskc, xml) }
        }
        for encoding in [String.Encoding.utf16, .utf16LittleEndian, .utf16BigEndian, .utf32] {
            let data = try #require(figure.data(using: encoding))
            #expect(throws: ImportError.malformedXML) { try read(.pskc, data) }
        }
        #expect(throws: ImportError.malformedXML) { try read(.pskc, Array(figure.utf8) + [0]) }
        #expect(try readOne(.pskc, "\u{feff}" + figure).factor != nil)
        #expect(try readOne(.pskc, figure.replacingOccurrences(of: " encoding=\"UTF-8\"", with: "")).factor != nil)
        #expect(try readOne(.pskc, figure.replacingOccurrences(of: "\"UTF-8\"", with: "'utf-8'")).factor != nil)
    }

    @Test("A file larger than 16 MiB is refused while it comes in")
    func hundredMegabytes() throws {
        var reader = FactorReader(source: .pskc, options: ImportOptions(now: testNow))
        let piece = [UInt8](repeating: UInt8(ascii: " "), count: 1 << 20)
        for _ in 0..<16 { _ = try reader.read(piece) }
        #expect(throws: ImportError.fileTooLarge(limitBytes: 16 << 20)) {
            for _ in 16..<100 { _ = try reader.read(piece) }
        }
    }

    @Test("A file that is deep, or has more elements or text than a key package needs, is refused")
    func oversized() throws {
        for inserted in [
            String(repeating: "<a>", count: 100_000), String(repeating: "<a/>", count: 1_000_000),
            String(repeating: "x", count: 100_000), "<![CDATA[\(String(repeating: "x", count: 100_000))]]>",
            "<x:a xmlns:x=\"urn:x\">\(String(repeating: "<x:b/>", count: 10_000))</x:a>",
        ] {
            let xml = RFC6030.figure3.replacingOccurrences(of: "<Issuer>", with: inserted + "<Issuer>")
            #expect(throws: ImportError.oversizedXML) { try read(.pskc, xml) }
        }
        let many = RFC6030.figure3.replacingOccurrences(
            of: "<KeyPackage>", with: String(repeating: "<KeyPackage/>", count: 10_000) + "<KeyPackage>")
        let records = try read(.pskc, many)
        #expect(records.count == 10_001 && records.last?.result.factor != nil)
    }

    @Test("What is no key container is refused")
    func noContainer() throws {
        let figure = RFC6030.figure3
        for (xml, error) in [
            ("", ImportError.malformedXML), ("x", .malformedXML), ("<?xml version=\"1.0\"?>", .malformedXML),
            ("<SomethingElse/>", .notPSKC),
            (figure.replacingOccurrences(of: "Version=\"1.0\"", with: "Version=\"7.0\""), .notPSKC),
            (figure.replacingOccurrences(of: "keyprov:pskc\"", with: "keyprov:other\""), .notPSKC),
            (String(figure.dropLast(20)), .malformedXML), (figure + figure, .unsafeXML),
            (figure + "<a/>", .malformedXML),
        ] {
            #expect(throws: error) { try read(.pskc, xml) }
        }
        #expect(try read(.pskc, #"<KeyContainer Version="1.0" xmlns="urn:ietf:params:xml:ns:keyprov:pskc"/>"#) == [])
    }

    @Test("Encryption that is declared after a key, twice, or in half is refused")
    func order() throws {
        let key = "<EncryptionKey><KeyName xmlns=\"http://www.w3.org/2000/09/xmldsig#\">x</KeyName></EncryptionKey>"
        let figure = RFC6030.figure3
        for xml in [
            figure.replacingOccurrences(of: "</KeyContainer>", with: key + "</KeyContainer>"),
            figure.replacingOccurrences(of: "<KeyPackage>", with: key + key + "<KeyPackage>"),
            figure.replacingOccurrences(of: "<KeyPackage>", with: "<MACMethod/><KeyPackage>"),
            figure.replacingOccurrences(of: "<KeyPackage>", with: "<Unknown/><KeyPackage>"),
        ] {
            #expect(throws: ImportError.notPSKC) { try read(.pskc, xml, Self.shared) }
        }
    }

    @Test("Bytes that were changed at random never stop the reader, nor give another secret than the one encrypted")
    func fuzz() {
        var generator = SeededGenerator(state: 17)
        let keyed = [
            (RFC6030.figure6, Self.shared),
            (RFC6030.figure10, ImportOptions(now: Timestamp(seconds: 1_146_441_600))),
        ]
        for (xml, options) in keyed {
            for _ in 0..<3_000 {
                guard let records = try? read(.pskc, generator.mutate(Array(xml.utf8)), options) else { continue }
                if options.key != nil {
                    #expect(records.allSatisfy { $0.result.secret == nil || $0.result.secret == RFC6030.secret })
                }
            }
        }
    }
}
