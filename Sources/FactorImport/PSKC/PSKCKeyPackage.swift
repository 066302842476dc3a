internal import MFADomain

/// An element KeyPackage (RFC 6030, section 4).
struct PSKCKeyPackage {
    private static let algorithmPrefix = "urn:ietf:params:xml:ns:keyprov:pskc:"

    private let key: PSKCElement
    private let device: PSKCElement?
    private let parameters: PSKCElement?
    private let data: PSKCElement
    private let values: PSKCValues

    init(_ package: PSKCElement, values: PSKCValues) throws(ImportError) {
        guard let key = try package.child("Key") else { throw .missing(.secret) }
        guard let data = try key.child("Data") else { throw .missing(.secret) }
        (self.key, self.data, self.values) = (key, data, values)
        device = try package.child("DeviceInfo")
        parameters = try key.child("AlgorithmParameters")
    }

    func factor(_ checks: FactorChecks) throws(ImportError) -> ImportedFactor {
        try PSKCPolicy.check(key, device: device, now: checks.options.now)
        var warnings: Set<ImportWarning> = []
        let credential = try credential(checks, &warnings)
        // Of the two people a package may name, the key's own is the nearer.
        let keyUser = try key.text("UserId")
        let account = keyUser.isEmpty ? try device?.text("UserId") ?? "" : keyUser
        let friendlyName = try key.text("FriendlyName")
        let name = friendlyName.isEmpty ? try device?.text("SerialNo") ?? "" : friendlyName
        return ImportedFactor(
            credential: credential, subject: "", issuer: try checks.issuer(try key.text("Issuer")),
            account: try checks.account(account), name: try checks.name(name), warnings: warnings)
    }

    private func credential(
        _ checks: FactorChecks, _ warnings: inout Set<ImportWarning>
    ) throws(ImportError) -> ImportedFactor.Credential {
        guard let name = key.attributes["Algorithm"], name.hasPrefix(Self.algorithmPrefix) else {
            throw .unsupportedAlgorithm
        }
        switch name.dropFirst(Self.algorithmPrefix.count) {
        case "hotp":
            let digits = try digits()
            return .hotp(
                secret: try secret(checks, &warnings), algorithm: try hash(), digits: try checks.digits(digits),
                counter: try counter(checks, &warnings))
        case "totp":
            let period = try integer("TimeInterval", .period) ?? 30
            guard let period = UInt64(exactly: period) else { throw .invalid(.period, "15 to 120 seconds") }
            let parameters = try checks.totp(algorithm: try hash(), digits: try digits(), periodSeconds: period)
            return .totp(
                secret: try secret(checks, &warnings), parameters: parameters,
                lastStep: try lastStep(parameters, now: checks.options.now), driftSteps: try driftSteps())
        default:
            throw .unsupportedAlgorithm
        }
    }

    private func secret(
        _ checks: FactorChecks, _ warnings: inout Set<ImportWarning>
    ) throws(ImportError) -> [UInt8] {
        guard let element = try data.child("Secret") else { throw .missing(.secret) }
        let bytes = try values.bytes(element) { (plain) throws(ImportError) in
            do throws(ImportError) { return try plain.bytes() } catch { throw .invalid(.secret, "Base64") }
        }
        return try checks.secret(bytes, &warnings)
    }

    private func counter(
        _ checks: FactorChecks, _ warnings: inout Set<ImportWarning>
    ) throws(ImportError) -> UInt64 {
        guard let counter = try integer("Counter", .counter) else {
            warnings.insert(.counterAssumed)
            return 0
        }
        guard let counter = UInt64(exactly: counter) else { throw .invalid(.counter, "a number from 0 to 2^63 - 1") }
        return try checks.counter(counter)
    }

    /// Time is in intervals. 0 says that none was used.
    private func lastStep(_ parameters: TOTPParameters, now: Timestamp) throws(ImportError) -> Int64? {
        guard let time = try integer("Time", .time) else { return nil }
        // A time to come would lock the token until then.
        guard (0...parameters.step(at: now) + 1).contains(time) else {
            throw .invalid(.time, "a number of periods that have passed")
        }
        return time == 0 ? nil : time
    }

    /// A drift of more than a thousand periods is a token that nobody can use, or not a drift.
    private func driftSteps() throws(ImportError) -> Int {
        guard let drift = try integer("TimeDrift", .timeDrift) else { return 0 }
        guard (-1000...1000).contains(drift) else { throw .invalid(.timeDrift, "at most 1000 periods") }
        return Int(drift)
    }

    private func integer(_ name: String, _ field: ImportField) throws(ImportError) -> Int64? {
        guard let element = try data.child(name) else { return nil }
        return try values.integer(element, field)
    }

    /// 6 where the file does not say.
    private func digits() throws(ImportError) -> UInt64 {
        // A challenge belongs to OCRA.
        guard try parameters?.child("ChallengeFormat") == nil else { throw .unsupportedAlgorithm }
        guard let format = try parameters?.child("ResponseFormat") else { return 6 }
        guard format.attributes["Encoding"] == "DECIMAL" else { throw .invalid(.digits, "decimal") }
        // The RFC's text and its schema spell the attribute differently.
        for name in ["CheckDigits", "CheckDigit"] where ![nil, "false", "0"].contains(format.attributes[name]) {
            throw .invalid(.digits, "without a check digit")
        }
        guard let digits = Decimal.parse(format.attributes["Length"] ?? "") else { throw .invalid(.digits, "6 or 8") }
        return digits
    }

    /// Suite, of which the algorithm profiles say no more than that it names the hash. The default is RFC 4226's.
    private func hash() throws(ImportError) -> HashAlgorithm {
        let suite = try parameters?.text("Suite") ?? ""
        switch suite.uppercased().filter({ $0 != "-" }) {
        case "", "SHA1", "HMACSHA1": return .sha1
        case "SHA256", "HMACSHA256": return .sha256
        case "SHA512", "HMACSHA512": return .sha512
        default: throw .invalid(.algorithm, "SHA1, SHA256 or SHA512")
        }
    }
}
