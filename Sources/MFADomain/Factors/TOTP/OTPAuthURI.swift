/// An `otpauth://totp/` URI by the Key URI format.
public enum OTPAuthURI {
    /// Builds the URI. The issuer stands in the label and as a parameter, both alike; values every app assumes anyway
    /// are left out.
    ///
    /// - Parameters issuer, account: must not hold ":", which would move the border between them in the label; it is
    ///   replaced by "-" where one comes in with a subject id.
    public static func totp(issuer: String, account: String, secret: [UInt8], parameters: TOTPParameters) -> String {
        let issuer = encode(issuer)
        var uri = "otpauth://totp/\(issuer):\(encode(account))?secret=\(Base32.encode(secret))&issuer=\(issuer)"
        switch parameters.algorithm {
        case .sha1: break
        case .sha256: uri += "&algorithm=SHA256"
        case .sha512: uri += "&algorithm=SHA512"
        }
        if parameters.digits != 6 { uri += "&digits=\(parameters.digits)" }
        if parameters.periodSeconds != 30 { uri += "&period=\(parameters.periodSeconds)" }
        return uri
    }

    /// RFC 3986: everything but unreserved characters is percent-encoded, a space as %20.
    private static func encode(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var encoded: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                encoded.append(byte)
            case UInt8(ascii: ":"):
                encoded.append(UInt8(ascii: "-"))
            default:
                encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }
}
