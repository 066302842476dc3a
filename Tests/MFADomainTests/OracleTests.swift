import Foundation
import MFADomain
import Testing

/// Cases that pyotp and oathtool agree on, written by Tests/Interoperability/oracles.py.
private let casesFile = ProcessInfo.processInfo.environment["COUNTERSIGN_ORACLE_CASES"]

@Suite("One-time passwords beside pyotp and oathtool", .enabled(if: casesFile != nil, "needs COUNTERSIGN_ORACLE_CASES"))
struct OracleTests {
    private struct Case: Decodable {
        var secretHex: String
        var algorithm: String
        var digits: Int
        var period: Int
        var time: Int64
        var code: String
    }

    private let algorithms: [String: HashAlgorithm] = ["SHA1": .sha1, "SHA256": .sha256, "SHA512": .sha512]

    @Test("every random secret, hash, length, period and time gives the code that both give")
    func agreesOnEveryCase() throws {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let text = try String(contentsOfFile: #require(casesFile), encoding: .utf8)
        let cases = try text.split(separator: "\n").map { try decoder.decode(Case.self, from: Data($0.utf8)) }
        #expect(cases.count >= 10_000)

        for oracle in cases {
            let secret = try #require(bytes(ofHex: oracle.secretHex))
            let algorithm = try #require(algorithms[oracle.algorithm])
            let parameters = try #require(
                TOTPParameters(algorithm: algorithm, digits: oracle.digits, periodSeconds: oracle.period))
            let step = parameters.step(at: Timestamp(milliseconds: oracle.time * 1000))
            let code = TOTP.text(secret: secret, step: step, parameters: parameters)
            #expect(code == oracle.code, "\(oracle)")
        }
    }

    private func bytes(ofHex hex: String) -> [UInt8]? {
        guard hex.utf8.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        var rest = Substring(hex)
        while !rest.isEmpty {
            guard let byte = UInt8(rest.prefix(2), radix: 16) else { return nil }
            bytes.append(byte)
            rest = rest.dropFirst(2)
        }
        return bytes
    }
}
