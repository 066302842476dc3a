import Foundation
import MFADomain
import MFATesting
import Testing

@Suite("Random cases agree with oathtool and pyotp (CONTROLS row 1)")
struct TOTPOracleTests {
    struct Case: Decodable {
        let secretHex: String
        let algorithm: String
        let digits: Int
        let period: Int
        let time: Int64
        let code: String
    }

    @Test("10 000 random secrets, algorithms, digits, periods and times")
    func randomCases() throws {
        // The script fails by itself where its two oracles disagree.
        let lines = try Tool.oracles("generate", "10000", "\(UInt32.random(in: 0...UInt32.max))").split(separator: "\n")
        #expect(lines.count == 10_000)
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        for line in lines {
            let expected = try decoder.decode(Case.self, from: Data(line.utf8))
            let algorithm = try #require(
                [("SHA1", HashAlgorithm.sha1), ("SHA256", .sha256), ("SHA512", .sha512)]
                    .first { $0.0 == expected.algorithm }?.1)
            let hex = Array(expected.secretHex)
            let secret = stride(from: 0, to: hex.count, by: 2).map { UInt8(String(hex[$0...$0 + 1]), radix: 16) ?? 0 }
            let parameters = try #require(
                TOTPParameters(algorithm: algorithm, digits: expected.digits, periodSeconds: expected.period))
            let step = parameters.step(at: Timestamp(seconds: expected.time))
            let code = TOTP.text(secret: secret, step: step, parameters: parameters)
            #expect(code == expected.code, "\(line)")
        }
    }
}
