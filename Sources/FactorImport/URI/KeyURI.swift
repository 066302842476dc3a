internal import MFADomain

/// An `otpauth://` URI by the Key URI format.
struct KeyURI {
    static let scheme = Array("otpauth://".utf8)

    private static let parameters: Set<ImportField> = [.secret, .issuer, .algorithm, .digits, .period, .counter]

    let checks: FactorChecks

    /// - Parameter rest: What follows the scheme.
    func factor(_ rest: ArraySlice<UInt8>) throws(ImportError) -> ImportedFactor {
        guard let slash = rest.firstIndex(of: UInt8(ascii: "/")),
            let mark = rest[slash...].firstIndex(of: UInt8(ascii: "?"))
        else { throw .notURI }
        guard let label = PercentEncoding.decode(rest[(slash + 1)..<mark]) else {
            throw .invalid(.label, "percent-encoded UTF-8")
        }
        let parameters = try parameters(rest[(mark + 1)...])
        var warnings: Set<ImportWarning> = []
        let names = try OTPLabel(label, issuer: parameters[.issuer] ?? "", checks: checks)
        let credential = try credential(String(decoding: rest[..<slash], as: UTF8.self), parameters, &warnings)
        return ImportedFactor(
            credential: credential, subject: "", issuer: names.issuer, account: names.account, name: "",
            warnings: warnings)
    }

    private func credential(
        _ type: String, _ parameters: [ImportField: String], _ warnings: inout Set<ImportWarning>
    ) throws(ImportError) -> ImportedFactor.Credential {
        guard let text = parameters[.secret] else { throw .missing(.secret) }
        guard let bytes = Base32.decode(text) else { throw .invalid(.secret, "Base32") }
        let secret = try checks.secret(bytes, &warnings)
        let algorithm = try parameters[.algorithm].map { (name) throws(ImportError) in try checks.algorithm(name) }
        let digits = try number(.digits, parameters, "6 or 8") ?? 6
        switch type {
        case "totp":
            let period = try number(.period, parameters, "15 to 120 seconds") ?? 30
            return .totp(
                secret: secret,
                parameters: try checks.totp(algorithm: algorithm ?? .sha1, digits: digits, periodSeconds: period),
                lastStep: nil, driftSteps: 0)
        case "hotp":
            guard let counter = try number(.counter, parameters, "a number from 0 to 2^63 - 1") else {
                throw .missing(.counter)
            }
            return .hotp(
                secret: secret, algorithm: algorithm ?? .sha1, digits: try checks.digits(digits),
                counter: try checks.counter(counter))
        default:
            throw .invalid(.kind, "totp or hotp")
        }
    }

    /// Those that are known; others are apps' own, and ignored.
    private func parameters(_ query: ArraySlice<UInt8>) throws(ImportError) -> [ImportField: String] {
        var parameters: [ImportField: String] = [:]
        for pair in query.split(separator: UInt8(ascii: "&")) {
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentEncoding.decode(parts[0]),
                let value = PercentEncoding.decode(parts.count == 2 ? parts[1] : [])
            else { throw .notURI }
            guard let parameter = ImportField(rawValue: name), Self.parameters.contains(parameter) else { continue }
            guard parameters[parameter] == nil else { throw .repeated(parameter) }
            parameters[parameter] = value
        }
        return parameters
    }

    private func number(
        _ parameter: ImportField, _ parameters: [ImportField: String], _ expected: String
    ) throws(ImportError) -> UInt64? {
        guard let text = parameters[parameter] else { return nil }
        guard let number = Decimal.parse(text) else { throw .invalid(parameter, expected) }
        return number
    }
}
