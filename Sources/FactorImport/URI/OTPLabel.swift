/// "issuer:account", or an account alone, as the Key URI format and Google Authenticator write them.
struct OTPLabel {
    let issuer: String
    let account: String

    /// - Parameters:
    ///   - text: Decoded. Spaces before the account do not count.
    ///   - issuer: What stands beside the label; empty where nothing does. It must be the label's, if that has one:
    ///     whoever shows one of them would show another brand otherwise (CONTROLS row 15).
    init(_ text: String, issuer: String, checks: FactorChecks) throws(ImportError) {
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else {
            self.issuer = try checks.issuer(issuer)
            account = try checks.account(text)
            return
        }
        let prefix = String(text[..<colon])
        // Byte by byte: Swift's own comparison takes texts for equal that are encoded in different ways.
        guard issuer.isEmpty || issuer.utf8.elementsEqual(prefix.utf8) else { throw .issuerMismatch }
        self.issuer = try checks.issuer(prefix)
        account = try checks.account(String(text[text.utf8.index(after: colon)...].drop { $0 == " " }))
    }
}
