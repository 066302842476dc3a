import Crypto
import Testing

@testable import MFADomain

@Suite("HMAC under one key")
struct KeyedHMACTests {
    @Test("It is what the library says, for keys and messages of every length around a block's")
    func library() {
        let lengths = [0, 1, 31, 32, 55, 56, 63, 64, 65, 127, 128, 129, 200, 1_000]
        for keyLength in lengths {
            let key = (0..<keyLength).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            let hmac = (KeyedHMAC<SHA256>(key: key), KeyedHMAC<SHA512>(key: key))
            for length in lengths {
                let message = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 11) }
                let symmetric = SymmetricKey(data: key)
                #expect(
                    Array(hmac.0.digest(message))
                        == Array(HMAC<SHA256>.authenticationCode(for: message, using: symmetric)))
                #expect(
                    Array(hmac.1.digest(message))
                        == Array(HMAC<SHA512>.authenticationCode(for: message, using: symmetric)))
            }
        }
    }

    @Test("RFC 4231, test cases 2 and 6")
    func vectors() {
        let small = KeyedHMAC<SHA256>(key: Array("Jefe".utf8)).digest(Array("what do ya want for nothing?".utf8))
        #expect(Self.hex(small) == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        let large = KeyedHMAC<SHA256>(key: Array(repeating: 0xaa, count: 131))
            .digest(Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8))
        #expect(Self.hex(large) == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
    }

    private static func hex(_ digest: SHA256.Digest) -> String {
        digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
