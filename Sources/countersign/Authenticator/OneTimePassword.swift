import Foundation
import MFADomain

/// What an authenticator app knows of a factor that has codes.
struct OneTimePassword: Equatable {
    enum Kind: String, Codable {
        case totp
        case hotp
    }

    var kind = Kind.totp
    let secret: [UInt8]
    var algorithm = HashAlgorithm.sha1
    var digits = 6
    /// TOTP.
    var periodSeconds = 30
    /// HOTP: what the next code is computed from.
    var counter: UInt64 = 0
    /// What the URI says before its parameters: the issuer, a colon and the account. Empty for a bare secret.
    var label = ""

    init(secret: [UInt8]) {
        self.secret = secret
    }

    /// Spaces and hyphens, as secrets are printed for people, do not matter.
    init(base32: String) throws {
        guard let secret = Base32.decode(base32.filter { $0 != " " && $0 != "-" }), !secret.isEmpty else {
            // The text is not repeated: it may be a secret with a typing error.
            throw Complaint("the secret is not base32", hint: "letters A to Z and digits 2 to 7")
        }
        self.secret = secret
    }

    /// The Key URI format.
    init(uri: String) throws {
        guard uri.utf8.count <= Self.longestURIBytes, let components = URLComponents(string: uri),
            components.scheme?.lowercased() == "otpauth"
        else { throw Complaint("this is not an otpauth URI") }
        guard let kind = Kind(rawValue: components.host?.lowercased() ?? "") else {
            throw Complaint("an otpauth URI of another kind than totp and hotp")
        }
        var given: [String: String] = [:]
        for item in components.queryItems ?? [] {
            guard given.updateValue(item.value ?? "", forKey: item.name) == nil else {
                throw Complaint("the otpauth URI has a parameter twice")
            }
        }
        guard let secret = given["secret"] else { throw Complaint("the otpauth URI has no secret") }
        try self.init(base32: secret)
        self.kind = kind
        label = String(components.path.drop { $0 == "/" })
        // It will be printed.
        guard label.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
            throw Complaint("the label in the otpauth URI has control characters")
        }
        if let name = given["algorithm"] {
            guard let algorithm = Code.Algorithm(rawValue: name.lowercased()) else {
                throw Complaint("the otpauth URI names the algorithm \(name)", hint: "SHA1, SHA256 or SHA512")
            }
            self.algorithm = algorithm.value
        }
        digits = try given["digits"].map { try Self.number($0, "digits") } ?? digits
        switch kind {
        case .totp:
            periodSeconds = try given["period"].map { try Self.number($0, "period") } ?? periodSeconds
        case .hotp:
            // The format requires it: a wrong guess would spend codes that the token still has.
            guard let counter = given["counter"] else { throw Complaint("the otpauth URI has no counter") }
            self.counter = try Self.number(counter, "counter")
        }
        _ = try parameters()
    }

    /// More than a label and a secret of any length that is in use need.
    private static let longestURIBytes = 4096

    /// The code of a moment, in seconds since 1970; TOTP.
    func code(at unixSeconds: Int64) throws -> String {
        guard unixSeconds >= 0 else { throw Complaint("there are no codes before 1970") }
        let parameters = try parameters()
        return TOTP.text(secret: secret, step: unixSeconds / Int64(periodSeconds), parameters: parameters)
    }

    /// The next code, which no call gives again: the counter moves forward; HOTP.
    mutating func nextCode() throws -> String {
        let parameters = try parameters()
        guard counter < HOTPCredential.maxCounter else { throw Complaint("the counter has come to its end") }
        // The counter takes the place of the time step (RFC 6238, section 4).
        let code = TOTP.text(secret: secret, step: Int64(counter), parameters: parameters)
        counter += 1
        return code
    }

    private func parameters() throws -> TOTPParameters {
        guard counter <= HOTPCredential.maxCounter else { throw Complaint("the counter is too large") }
        guard
            let parameters = TOTPParameters(algorithm: algorithm, digits: digits, periodSeconds: periodSeconds)
        else { throw Complaint("a code has 6 or 8 digits and a period of 15 to 120 seconds") }
        return parameters
    }

    private static func number<Number: FixedWidthInteger>(_ text: String, _ name: String) throws -> Number {
        guard let number = Number(text) else { throw Complaint("the otpauth URI has no number as \(name)") }
        return number
    }
}
