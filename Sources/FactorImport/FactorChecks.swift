internal import MFADomain

/// The rules that hold for a factor whatever it came from. None of the errors says what was found.
struct FactorChecks {
    /// 80 bits: what Google's own secrets had for years.
    private static let shortSecretBytes = 10
    private static let secretBytes = 16
    private static let limitBytes = 128

    let options: ImportOptions

    func secret(_ bytes: [UInt8], _ warnings: inout Set<ImportWarning>) throws(ImportError) -> [UInt8] {
        let minimum = options.allowShortSecrets ? Self.shortSecretBytes : Self.secretBytes
        guard bytes.count >= minimum else { throw .secretTooShort(minimumBytes: minimum) }
        guard bytes.count <= Self.limitBytes else { throw .secretTooLong(limitBytes: Self.limitBytes) }
        if bytes.count < Self.secretBytes { warnings.insert(.shortSecret) }
        return bytes
    }

    func totp(algorithm: HashAlgorithm, digits: UInt64, periodSeconds: UInt64) throws(ImportError) -> TOTPParameters {
        let digits = try self.digits(digits)
        guard let period = Int(exactly: periodSeconds), TOTPParameters.allowedPeriodSeconds.contains(period),
            let parameters = TOTPParameters(algorithm: algorithm, digits: digits, periodSeconds: period)
        else { throw .invalid(.period, "15 to 120 seconds") }
        return parameters
    }

    func digits(_ digits: UInt64) throws(ImportError) -> Int {
        guard let digits = Int(exactly: digits), TOTPParameters.allowedDigits.contains(digits) else {
            throw .invalid(.digits, "6 or 8")
        }
        return digits
    }

    func counter(_ counter: UInt64) throws(ImportError) -> UInt64 {
        guard counter <= UInt64(Int64.max) else { throw .invalid(.counter, "a number from 0 to 2^63 - 1") }
        return counter
    }

    func algorithm(_ name: String) throws(ImportError) -> HashAlgorithm {
        switch name.uppercased() {
        case "SHA1": .sha1
        case "SHA256": .sha256
        case "SHA512": .sha512
        default: throw .invalid(.algorithm, "SHA1, SHA256 or SHA512")
        }
    }

    func subject(_ value: String) throws(ImportError) -> String { try text(value, .subject, limitBytes: 128) }

    func issuer(_ value: String) throws(ImportError) -> String {
        try withoutColon(try text(value, .issuer, limitBytes: 128), .issuer)
    }

    func account(_ value: String) throws(ImportError) -> String {
        try withoutColon(try text(value, .account, limitBytes: 128), .account)
    }

    func name(_ value: String) throws(ImportError) -> String {
        let name = try text(value, .name, limitBytes: 256)
        guard name.count <= 64 else { throw .invalid(.name, "at most 64 characters") }
        return name
    }

    private func text(_ value: String, _ field: ImportField, limitBytes: Int) throws(ImportError) -> String {
        guard value.utf8.count <= limitBytes else { throw .invalid(field, "at most \(limitBytes) bytes") }
        if value.utf8.allSatisfy({ (0x20..<0x7f).contains($0) }) { return value }
        guard !value.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            throw .invalid(field, "free of control characters")
        }
        return value
    }

    private func withoutColon(_ value: String, _ field: ImportField) throws(ImportError) -> String {
        guard !value.utf8.contains(UInt8(ascii: ":")) else { throw .invalid(field, "free of colons") }
        return value
    }
}
