import Foundation
import MFADomain

/// What an authenticator app knows of a factor.
struct Authenticator {
    let secret: [UInt8]
    var algorithm = HashAlgorithm.sha1
    var digits = 6
    var periodSeconds = 30

    /// Spaces and hyphens, as secrets are printed for people, do not matter.
    init(base32: String) throws {
        guard let secret = Base32.decode(base32.filter { $0 != " " && $0 != "-" }), !secret.isEmpty else {
            // The text is not repeated: it may be a secret with a typing error.
            throw Complaint("the secret is not base32", hint: "letters A to Z and digits 2 to 7")
        }
        self.secret = secret
    }

    /// The Key URI format, TOTP only.
    init(uri: String) throws {
        guard let components = URLComponents(string: uri), components.scheme?.lowercased() == "otpauth" else {
            throw Complaint("this is not an otpauth URI")
        }
        guard components.host?.lowercased() == "totp" else {
            throw Complaint("an otpauth URI of another kind than totp")
        }
        func parameter(_ name: String) -> String? {
            components.queryItems?.first { $0.name == name }?.value
        }
        guard let secret = parameter("secret") else { throw Complaint("the otpauth URI has no secret") }
        try self.init(base32: secret)
        if let name = parameter("algorithm") {
            guard let algorithm = Code.Algorithm(rawValue: name.lowercased()) else {
                throw Complaint("the otpauth URI names the algorithm \(name)", hint: "SHA1, SHA256 or SHA512")
            }
            self.algorithm = algorithm.value
        }
        digits = try parameter("digits").map { try Self.number($0, "digits") } ?? digits
        periodSeconds = try parameter("period").map { try Self.number($0, "period") } ?? periodSeconds
    }

    func code(at unixSeconds: Int64) throws -> String {
        guard unixSeconds >= 0 else { throw Complaint("there are no codes before 1970") }
        guard
            let parameters = TOTPParameters(algorithm: algorithm, digits: digits, periodSeconds: periodSeconds)
        else { throw Complaint("a code has 6 or 8 digits and a period of 15 to 120 seconds") }
        return TOTP.text(secret: secret, step: unixSeconds / Int64(periodSeconds), parameters: parameters)
    }

    private static func number(_ text: String, _ name: String) throws -> Int {
        guard let number = Int(text) else { throw Complaint("the otpauth URI has no number as \(name)") }
        return number
    }
}
