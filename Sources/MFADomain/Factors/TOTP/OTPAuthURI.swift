/// An `otpauth://` URI by the Key URI format.
public enum OTPAuthURI {
    /// Builds the URI. The issuer stands in the label and as a parameter, both alike; values every app assumes anyway
    /// are left out.
    ///
    /// - Parameters issuer, account: must not hold ":", which would move the border between them in the label; it is
    ///   replaced by "-" where one comes in with a subject id.
    public static func totp(issuer: String, account: String, secret: [UInt8], parameters: TOTPParameters) -> String {
        let issuer = encode(issuer)
        var uri = "otpauth://totp/\(issuer):\(encode(account))?secret=\(Base32.encode(secret))&issuer=\(issuer)"
        uri += algorithm(parameters.algorithm)
        if parameters.digits != 6 { uri += "&digits=\(parameters.digits)" }
        if parameters.periodSeconds != 30 { uri += "&period=\(parameters.periodSeconds)" }
        return uri
    }

    /// Likewise for a counter-based token, whose counter the format asks for.
    public static func hotp(issuer: String, account: String, _ credential: HOTPCredential) -> String {
        let issuer = encode(issuer)
        let secret = Base32.encode(credential.secret)
        var uri = "otpauth://hotp/\(issuer):\(encode(account))?secret=\(secret)&issuer=\(issuer)"
        uri += algorithm(credential.algorithm)
        if credential.digits != 6 { uri += "&digits=\(credential.digits)" }
        return uri + "&counter=\(credential.counter)"
    }

    private static func algorithm(_ algorithm: HashAlgorithm) -> String {
        switch algorithm {
        case .sha1: ""
        case .sha256: "&algorithm=SHA256"
        case .sha512: "&algorithm=SHA512"
        }
    }

    private static func encode(_ text: String) -> String {
        PercentEncoding.encode(text.split(separator: ":", omittingEmptySubsequences: false).joined(separator: "-"))
    }
}
