import MFATesting
import Testing

@testable import countersign

struct OneTimePasswordTests {
    @Test("Counter codes are those of RFC 4226, appendix D, each once")
    func vectors() throws {
        var password = try OneTimePassword(
            uri: "otpauth://hotp/A:b?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&counter=0")
        let codes = try (0..<10).map { _ in try password.nextCode() }
        #expect(
            codes == [
                "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489",
            ])
        #expect(password.counter == 10)
    }

    @Test("Counter codes are oathtool's, with 6 and 8 digits and far up", arguments: [0, 99, 4_294_967_296])
    func oathtool(counter: UInt64) throws {
        for digits in [6, 8] {
            var password = try OneTimePassword(
                uri: "otpauth://hotp/b?secret=JBSWY3DPEHPK3PXP&digits=\(digits)&counter=\(counter)")
            let expected = try Tool.run([
                "oathtool", "--hotp", "-b", "-d", "\(digits)", "-c", "\(counter)", "JBSWY3DPEHPK3PXP",
            ])
            #expect(try password.nextCode() + "\n" == expected)
        }
    }

    @Test("Everything in a URI is kept")
    func kept() throws {
        let password = try OneTimePassword(
            uri: "otpauth://totp/Example%20Bank:alice?secret=jbswy3dpehpk3pxp&algorithm=SHA256&digits=8&period=60")
        #expect(password.label == "Example Bank:alice")
        var kept = KeptSecret(password, name: "b")
        #expect(kept.algorithm == "sha256" && kept.digits == 8 && kept.period == 60)
        #expect(try kept.code(at: 1_234_567_890) == "45806924")
        #expect(kept.counter == 0)
    }

    @Test(
        "A URI that is not of the format is refused, without its secret",
        arguments: [
            ("otpauth://hotp/b?secret=JBSWY3DPEHPK3PXP", "The counter is missing."),
            ("otpauth://hotp/b?secret=JBSWY3DPEHPK3PXP&counter=-1", "The counter must be a number from 0 to 2^63 - 1."),
            (
                "otpauth://hotp/b?secret=JBSWY3DPEHPK3PXP&counter=18446744073709551615",
                "The counter must be a number from 0 to 2^63 - 1."
            ),
            ("otpauth://hotp/b?secret=JBSWY3DPEHPK3PXP&counter=9223372036854775807", "the counter is too large"),
            ("otpauth://totp/b?secret=JBSWY3DPEHPK3PXP&secret=MFRGG", "The secret is given twice."),
            ("otpauth://totp/b?secret=JBSWY3DPEHPK3PX0", "The secret must be Base32."),
            ("otpauth://totp/b?", "The secret is missing."),
            (
                "otpauth://totp/%1B%5B2J?secret=JBSWY3DPEHPK3PXP",
                "The account must be free of control characters."
            ),
            ("otpauth://totp/b?secret=JBSWY3DPEHPK3PXP&period=0", "The period must be 15 to 120 seconds."),
            ("otpauth://steam/b?secret=JBSWY3DPEHPK3PXP", "The kind must be totp or hotp."),
            ("countersign-push://pair?v=1", "this is not an otpauth URI"),
            ("otpauth://totp/b?secret=" + String(repeating: "A", count: 20_000), "this is not an otpauth URI"),
            ("", "there must be one secret in the URI, not 0"),
        ])
    func refuses(uri: String, message: String) throws {
        let complaint = try #require(throws: Complaint.self) { try OneTimePassword(uri: uri) }
        let prefix = "the otpauth URI cannot be used: "
        #expect(complaint.message == message || complaint.message == prefix + message)
    }
}
