import FactorImport

/// What the report says of one entry. Nothing in it is secret.
struct ImportLine: Sendable {
    enum Result: String, Sendable {
        case imported, skipped, failed
        case wouldImport = "would-import"
    }

    let line: Int
    let entry: Int
    /// Empty where the entry could not be read, like the kind.
    var subject = ""
    var kind = ""
    var result = Result.failed
    var factorID = ""
    var warnings: [String] = []
    /// One sentence; empty unless the entry failed.
    var error = ""
    var hint: String?

    init(_ record: ImportRecord) {
        (line, entry) = (record.line, record.entry)
        guard case .success(let factor) = record.result else { return }
        warnings = ImportWarning.allCases.filter(factor.warnings.contains).map(\.description)
        switch factor.credential {
        case .totp(_, _, _, let driftSteps):
            kind = "totp"
            if driftSteps != 0 {
                warnings.append("The token's clock is \(driftSteps) periods off, which is not taken over.")
            }
        case .hotp: kind = "hotp"
        case .backupCodes: kind = "backup_codes"
        }
    }

    mutating func fail(_ error: String, hint: String?) {
        (self.error, self.hint) = (error, hint)
    }

    mutating func fail(_ error: ImportError) {
        fail(error.description, hint: Self.hint(error))
    }

    /// What a flag of the command does about it.
    static func hint(_ error: ImportError) -> String? {
        switch error {
        case .keyNeeded: "--pskc-key-file or --pskc-password-file"
        // With the flag, the least is 10 bytes.
        case .secretTooShort(let minimum) where minimum > 10: "--allow-short-secrets takes 10 bytes and more"
        case .fileTooLarge: "split it"
        default: nil
        }
    }

    var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init(name: "line", value: .number("\(line)")), .init(name: "entry", value: .number("\(entry)")),
        ]
        func add(_ name: String, _ value: String) {
            if !value.isEmpty { members.append(.init(name: name, value: .string(value))) }
        }
        add("subject", subject)
        add("kind", kind)
        add("result", result.rawValue)
        add("factor_id", factorID)
        members.append(.init(name: "warnings", value: .array(warnings.map { .string($0) })))
        add("error", error)
        add("hint", hint ?? "")
        return .object(members)
    }
}
