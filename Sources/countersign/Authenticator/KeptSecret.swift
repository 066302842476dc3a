import MFADomain

/// A secret of this authenticator that has codes.
struct KeptSecret: Codable, Equatable {
    /// Tells it from the others.
    let name: String
    let kind: OneTimePassword.Kind
    /// In base32.
    let secret: String
    /// sha1, sha256 or sha512.
    let algorithm: String
    let digits: Int
    let period: Int
    var counter: UInt64

    init(_ password: OneTimePassword, name: String) {
        self.name = name
        kind = password.kind
        secret = Base32.encode(password.secret)
        algorithm = Code.Algorithm(password.algorithm).rawValue
        digits = password.digits
        period = password.periodSeconds
        counter = password.counter
    }

    /// The code of a moment or, of a counter, the next one, which moves it forward.
    mutating func code(at unixSeconds: Int64) throws -> String {
        guard let algorithm = Code.Algorithm(rawValue: algorithm) else {
            throw Complaint("the algorithm kept for \(name) is not known", status: .fault)
        }
        var password = try OneTimePassword(base32: secret)
        password.kind = kind
        password.algorithm = algorithm.value
        password.digits = digits
        password.periodSeconds = period
        password.counter = counter
        switch kind {
        case .totp: return try password.code(at: unixSeconds)
        case .hotp:
            let code = try password.nextCode()
            counter = password.counter
            return code
        }
    }
}
