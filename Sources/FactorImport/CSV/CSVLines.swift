/// Lines of CSV under a header. Empty ones do not count.
struct CSVLines {
    private static let columns: Set<ImportField> = [
        .subject, .kind, .secret, .account, .issuer, .algorithm, .digits, .period, .counter, .name, .hashes,
    ]

    private let checks: FactorChecks
    /// The header's columns from left to right; empty before it was read.
    private var header: [ImportField] = []

    init(options: ImportOptions) {
        checks = FactorChecks(options: options)
    }

    mutating func read(_ line: LineSplitter.Line, into records: inout [ImportRecord]) throws(ImportError) {
        guard line.bytes?.isEmpty != true else { return }
        guard !header.isEmpty else {
            header = try Self.header(try CSVLine.split(try line.content()))
            return
        }
        let result: Result<ImportedFactor, ImportError>
        do throws(ImportError) {
            result = .success(try factor(try CSVLine.split(try line.content())))
        } catch {
            result = .failure(error)
        }
        records.append(ImportRecord(line: line.number, result: result))
    }

    func finish() throws(ImportError) {
        guard !header.isEmpty else { throw .missingColumn(.subject) }
    }

    private static func header(_ names: [String]) throws(ImportError) -> [ImportField] {
        var header: [ImportField] = []
        for (index, name) in names.enumerated() {
            guard let field = ImportField(rawValue: name), columns.contains(field) else {
                throw .unknownColumn(index + 1)
            }
            guard !header.contains(field) else { throw .repeatedColumn(field) }
            header.append(field)
        }
        for field in [ImportField.subject, .kind] where !header.contains(field) { throw .missingColumn(field) }
        return header
    }

    private func factor(_ fields: [String]) throws(ImportError) -> ImportedFactor {
        guard fields.count == header.count else { throw .wrongColumnCount }
        var row = CSVRow()
        for (field, value) in zip(header, fields) where !value.isEmpty { row.values[field] = value }
        return try row.factor(checks)
    }
}
