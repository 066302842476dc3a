internal import MFADomain

/// The fields of a line that are not empty. An empty one is not given.
struct CSVRow {
    private static let allowedHashCount = 1...100
    private static let algorithms: [String: HashAlgorithm] = ["sha1": .sha1, "sha256": .sha256, "sha512": .sha512]

    var values: [ImportField: String] = [:]

    func factor(_ checks: FactorChecks) throws(ImportError) -> ImportedFactor {
        guard let subject = values[.subject] else { throw .missing(.subject) }
        var warnings: Set<ImportWarning> = []
        return ImportedFactor(
            credential: try credential(checks, &warnings), subject: try checks.subject(subject),
            issuer: try checks.issuer(values[.issuer] ?? ""), account: try checks.account(values[.account] ?? ""),
            name: try checks.name(values[.name] ?? ""), warnings: warnings)
    }

    private func credential(
        _ checks: FactorChecks, _ warnings: inout Set<ImportWarning>
    ) throws(ImportError) -> ImportedFactor.Credential {
        switch values[.kind] {
        case "totp":
            try refuse(.counter, .hashes)
            let parameters = try checks.totp(
                algorithm: try algorithm(checks), digits: try number(.digits, "6 or 8") ?? 6,
                periodSeconds: try number(.period, "15 to 120 seconds") ?? 30)
            return .totp(
                secret: try secret(checks, &warnings), parameters: parameters, lastStep: nil, driftSteps: 0)
        case "hotp":
            try refuse(.period, .hashes)
            guard let counter = try number(.counter, "a number from 0 to 2^63 - 1") else { throw .missing(.counter) }
            return .hotp(
                secret: try secret(checks, &warnings), algorithm: try algorithm(checks),
                digits: try checks.digits(try number(.digits, "6 or 8") ?? 6), counter: try checks.counter(counter))
        case "backup_codes":
            try refuse(.secret, .algorithm, .digits, .period, .counter)
            return .backupCodes(try hashes())
        case nil:
            throw .missing(.kind)
        default:
            throw .invalid(.kind, "totp, hotp or backup_codes")
        }
    }

    private func refuse(_ fields: ImportField...) throws(ImportError) {
        for field in fields where values[field] != nil { throw .unwanted(field) }
    }

    private func number(_ field: ImportField, _ expected: String) throws(ImportError) -> UInt64? {
        guard let text = values[field] else { return nil }
        guard let number = Decimal.parse(text) else { throw .invalid(field, expected) }
        return number
    }

    private func algorithm(_ checks: FactorChecks) throws(ImportError) -> HashAlgorithm {
        guard let name = values[.algorithm] else { return .sha1 }
        return try checks.algorithm(name)
    }

    /// Base32, or hexadecimal after `hex:`.
    private func secret(
        _ checks: FactorChecks, _ warnings: inout Set<ImportWarning>
    ) throws(ImportError) -> [UInt8] {
        guard let text = values[.secret] else { throw .missing(.secret) }
        let bytes = text.hasPrefix("hex:") ? Hexadecimal.decode(text.utf8.dropFirst(4)) : Base32.decode(text)
        guard let bytes else { throw .invalid(.secret, "Base32, or hexadecimal after hex:") }
        return try checks.secret(bytes, &warnings)
    }

    /// `sha256:<hex>` and its like, separated by semicolons.
    private func hashes() throws(ImportError) -> [BackupCodeHash] {
        guard let text = values[.hashes] else { throw .missing(.hashes) }
        let parts = text.utf8.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
        guard Self.allowedHashCount.contains(parts.count) else { throw .invalid(.hashes, "1 to 100") }
        var hashes: [BackupCodeHash] = []
        for part in parts { hashes.append(try hash(part)) }
        guard Set(hashes).count == hashes.count else { throw .repeated(.hashes) }
        return hashes
    }

    private func hash(_ text: Substring.UTF8View) throws(ImportError) -> BackupCodeHash {
        if let colon = text.firstIndex(of: UInt8(ascii: ":")),
            let algorithm = Self.algorithms[String(Substring(text[..<colon]))],
            let digest = Hexadecimal.decode(text[colon...].dropFirst()),
            // RFC 6238 takes secrets of the hash's own length, so that this is the digest's length too.
            digest.count == algorithm.secretByteCount
        {
            return BackupCodeHash(algorithm: algorithm, digest: digest)
        }
        throw .invalid(.hashes, "sha1:, sha256: or sha512: with a hexadecimal digest of that length each")
    }
}
