/// What stands right under the root: how values are encrypted and authenticated, then the key packages.
final class PSKCContainer {
    private let options: ImportOptions
    private var encryptionKey: PSKCElement?
    private var macMethod: PSKCElement?
    /// Made with the first key package, after all that it depends on was read.
    private var values: PSKCValues?
    private var found: [ImportRecord] = []
    private var isSigned = false

    init(options: ImportOptions) {
        self.options = options
    }

    /// One a key package.
    var records: [ImportRecord] {
        // The signature comes last in the file.
        isSigned ? found.map { $0.adding(.signatureNotChecked) } : found
    }

    func read(_ element: PSKCElement, line: Int) throws(ImportError) {
        switch element.name {
        case "EncryptionKey": try set(&encryptionKey, element)
        case "MACMethod": try set(&macMethod, element)
        case "KeyPackage": found.append(ImportRecord(line: line, result: try result(element)))
        case "Signature": isSigned = true
        case "Extensions": break
        case _ where element.isForeign: break
        default: throw .notPSKC
        }
    }

    /// Once only, and before the keys (RFC 6030, section 11).
    private func set(_ target: inout PSKCElement?, _ element: PSKCElement) throws(ImportError) {
        guard target == nil, values == nil else { throw .notPSKC }
        target = element
    }

    private func readyValues() throws(ImportError) -> PSKCValues {
        if let values { return values }
        let values = try PSKCValues(encryptionKey, macMethod, options: options)
        self.values = values
        return values
    }

    private func result(_ element: PSKCElement) throws(ImportError) -> Result<ImportedFactor, ImportError> {
        let values = try readyValues()
        do throws(ImportError) {
            return .success(try PSKCKeyPackage(element, values: values).factor(FactorChecks(options: options)))
        } catch {
            return .failure(error)
        }
    }
}

extension ImportRecord {
    fileprivate func adding(_ warning: ImportWarning) -> ImportRecord {
        let result = result.map { factor in
            ImportedFactor(
                credential: factor.credential, subject: factor.subject, issuer: factor.issuer, account: factor.account,
                name: factor.name, warnings: factor.warnings.union([warning]))
        }
        return ImportRecord(line: line, entry: entry, result: result)
    }
}
