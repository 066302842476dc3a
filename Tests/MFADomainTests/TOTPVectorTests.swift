import MFADomain
import MFATesting
import Testing

@Suite("Codes are computed exactly as specified (CONTROLS row 1)")
struct TOTPVectorTests {
    @Test("RFC 6238 appendix B, to the year 2603", arguments: TOTPVectors.rfc6238)
    func appendixB(seconds: Int64, algorithm: HashAlgorithm, code: String) throws {
        let parameters = try #require(TOTPParameters(algorithm: algorithm, digits: 8))
        let step = parameters.step(at: Timestamp(seconds: seconds))
        #expect(TOTP.text(secret: TOTPVectors.seed(algorithm), step: step, parameters: parameters) == code)
    }

    @Test("RFC 4226 appendix D as TOTP at T = 0…9")
    func appendixD() {
        for (step, code) in TOTPVectors.rfc4226.enumerated() {
            #expect(TOTP.text(secret: TOTPVectors.seed(.sha1), step: Int64(step), parameters: .standard) == code)
        }
    }
}
