import FactorImport
import Foundation
import MFADomain
import Testing

@Suite("Google Authenticator exports come in")
struct MigrationImportTests {
    /// A message of protobuf: fields by number, as varints or bytes.
    struct Message {
        var bytes: [UInt8] = []

        mutating func add(_ number: Int, _ value: UInt64) {
            varint(UInt64(number) << 3)
            varint(value)
        }

        mutating func add(_ number: Int, _ content: [UInt8]) {
            varint(UInt64(number) << 3 | 2)
            varint(UInt64(content.count))
            bytes += content
        }

        private mutating func varint(_ value: UInt64) {
            var value = value
            while value >= 0x80 {
                bytes.append(UInt8(truncatingIfNeeded: value) | 0x80)
                value >>= 7
            }
            bytes.append(UInt8(value))
        }
    }

    static func entry(
        secret: [UInt8] = Array(1...20), name: String = "alice", issuer: String = "", algorithm: UInt64 = 1,
        digits: UInt64 = 1, type: UInt64 = 2, counter: UInt64 = 0
    ) -> [UInt8] {
        var entry = Message()
        entry.add(1, secret)
        entry.add(2, Array(name.utf8))
        entry.add(3, Array(issuer.utf8))
        entry.add(4, algorithm)
        entry.add(5, digits)
        entry.add(6, type)
        entry.add(7, counter)
        // A field of later versions.
        entry.add(8, Array("unique".utf8))
        return entry.bytes
    }

    static func payload(_ entries: [[UInt8]], size: UInt64 = 1, index: UInt64 = 0, id: UInt64 = 99) -> [UInt8] {
        var payload = Message()
        for entry in entries { payload.add(1, entry) }
        payload.add(2, 1)
        payload.add(3, size)
        payload.add(4, index)
        payload.add(5, id)
        return payload.bytes
    }

    static func uri(_ payload: [UInt8]) -> String {
        var allowed = CharacterSet.alphanumerics
        allowed.insert(charactersIn: "-._~")
        let data = Data(payload).base64EncodedString().addingPercentEncoding(withAllowedCharacters: allowed) ?? ""
        return "otpauth-migration://offline?data=\(data)"
    }

    @Test("Every entry of a code becomes a factor")
    func entries() throws {
        let records = try read(
            .uris,
            Self.uri(
                Self.payload([
                    Self.entry(name: "Ex:alice", issuer: "Ex"),
                    Self.entry(algorithm: 3, digits: 2, type: 1, counter: 1 << 40),
                    Self.entry(algorithm: 0, digits: 0), Self.entry(algorithm: 4), Self.entry(type: 0),
                    Self.entry(name: "Ex:alice", issuer: "Other"), Self.entry(secret: [1]), Self.entry(digits: 3),
                    Self.entry(type: 1, counter: .max),
                ])))
        #expect(records.map(\.entry) == Array(1...9) && records.allSatisfy { $0.line == 1 })
        let results = records.map(\.result)
        #expect(
            results[0].factor?.credential
                == .totp(secret: Array(1...20), parameters: .standard, lastStep: nil, driftSteps: 0))
        #expect(results[0].factor?.issuer == "Ex" && results[0].factor?.account == "alice")
        #expect(
            results[1].factor?.credential
                == .hotp(secret: Array(1...20), algorithm: .sha512, digits: 8, counter: 1 << 40))
        #expect(results[2].factor != nil)
        #expect(results[3].error == .invalid(.algorithm, "SHA1, SHA256 or SHA512"))
        #expect(results[4].error == .invalid(.kind, "totp or hotp"))
        #expect(results[5].error == .issuerMismatch)
        #expect(results[6].error == .secretTooShort(minimumBytes: 16))
        #expect(results[7].error == .invalid(.digits, "6 or 8"))
        #expect(results[8].error == .invalid(.counter, "a number from 0 to 2^63 - 1"))
    }

    @Test("A code of an export that is missing is reported, and one that comes twice is refused")
    func batches() throws {
        let (first, third) = (
            Self.uri(Self.payload([Self.entry()], size: 3)), Self.uri(Self.payload([Self.entry()], size: 3, index: 2))
        )
        let records = try read(.uris, "\n\(first)\n\(third)\n\(third)\n")
        #expect(records.map(\.line) == [2, 3, 4, 2])
        #expect(records[2].result.error == .repeated(.data))
        #expect(records[3].result.error == .missingBatch(2, of: 3))
    }

    @Test("What is no export is refused")
    func refused() throws {
        for payload in [
            [], [0xff], Self.payload([]), Self.payload([Self.entry()], size: 1 << 40),
            Self.payload([Self.entry()], size: 2, index: 2), Self.payload([Self.entry()], size: 101),
            Self.payload([[0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]]), Array(Self.payload([Self.entry()]).dropLast(1)),
        ] {
            #expect(
                try readOne(.uris, Self.uri(payload)).error
                    == .invalid(.data, "a Google Authenticator export in Base64"))
        }
        for text in ["online?data=AAAA", "offline?data=%", "offline?dat=AAAA", "offline?data=A", "offline?data=A_-A"] {
            #expect(try readOne(.uris, "otpauth-migration://\(text)").error != nil)
        }
    }

    @Test("Bytes that were changed at random never stop the reader")
    func fuzz() throws {
        var generator = SeededGenerator(state: 3)
        let payload = Self.payload([Self.entry(name: "Ex:alice", issuer: "Ex"), Self.entry(type: 1, counter: 5)])
        for _ in 0..<5_000 {
            _ = try read(.uris, Self.uri(generator.mutate(payload)))
        }
    }
}
