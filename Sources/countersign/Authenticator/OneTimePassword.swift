import FactorImport
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
    /// The issuer, a colon and the account; the account alone where there is no issuer. Empty for a bare secret.
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

    /// The Key URI format; the secret of an export by Google Authenticator, if it is the only one in it.
    init(uri: String) throws {
        // Other than a server, an app has to live with the short secrets that are in use.
        let options = ImportOptions(now: Timestamp(seconds: 0), allowShortSecrets: true)
        var factors: [ImportedFactor] = []
        do throws(ImportError) {
            var reader = FactorReader(source: .uris, options: options)
            let records = try reader.read(Array(uri.utf8))
            for record in try records + reader.finish() { factors.append(try record.result.get()) }
        } catch {
            switch error {
            case .notURI, .lineTooLong: throw Complaint("this is not an otpauth URI")
            default: throw Complaint("the otpauth URI cannot be used: \(error)")
            }
        }
        guard let factor = factors.first, factors.count == 1 else {
            throw Complaint("there must be one secret in the URI, not \(factors.count)")
        }
        switch factor.credential {
        case .totp(let secret, let parameters, _, _):
            self.init(secret: secret)
            (algorithm, digits, periodSeconds) = (parameters.algorithm, parameters.digits, parameters.periodSeconds)
        case .hotp(let secret, let algorithm, let digits, let counter):
            self.init(secret: secret)
            kind = .hotp
            (self.algorithm, self.digits, self.counter) = (algorithm, digits, counter)
        case .backupCodes: throw Complaint("this is not an otpauth URI")
        }
        label = factor.issuer.isEmpty ? factor.account : "\(factor.issuer):\(factor.account)"
        _ = try parameters()
    }

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
}
