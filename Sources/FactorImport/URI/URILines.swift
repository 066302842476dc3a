/// Lines of URIs. Empty ones do not count.
struct URILines {
    private struct Export {
        let firstLine: Int
        let size: Int
        var indexes: Set<Int>
    }

    private let checks: FactorChecks
    private var exports: [Int64: Export] = [:]

    init(options: ImportOptions) {
        checks = FactorChecks(options: options)
    }

    mutating func read(_ line: LineSplitter.Line, into records: inout [ImportRecord]) {
        do throws(ImportError) {
            let uri = try line.content()
            if uri.isEmpty { return }
            if uri.starts(with: KeyURI.scheme) {
                let factor = try KeyURI(checks: checks).factor(uri.dropFirst(KeyURI.scheme.count))
                records.append(ImportRecord(line: line.number, result: .success(factor)))
            } else if uri.starts(with: MigrationPayload.scheme) {
                let payload = try MigrationPayload(uri.dropFirst(MigrationPayload.scheme.count), checks: checks)
                try note(payload.batch, line: line.number)
                for (index, result) in payload.factors.enumerated() {
                    records.append(ImportRecord(line: line.number, entry: index + 1, result: result))
                }
            } else {
                throw .notURI
            }
        } catch {
            records.append(ImportRecord(line: line.number, result: .failure(error)))
        }
    }

    /// Reports the codes of an export that were not there, so that no factor is lost unnoticed.
    func finish(into records: inout [ImportRecord]) {
        for export in exports.values.sorted(by: { $0.firstLine < $1.firstLine }) {
            for index in 0..<export.size where !export.indexes.contains(index) {
                let error = ImportError.missingBatch(index + 1, of: export.size)
                records.append(ImportRecord(line: export.firstLine, result: .failure(error)))
            }
        }
    }

    private mutating func note(_ batch: MigrationPayload.Batch, line: Int) throws(ImportError) {
        // A single code is whole by itself, and may come without an id.
        guard batch.size > 1 else { return }
        var export = exports[batch.id] ?? Export(firstLine: line, size: batch.size, indexes: [])
        guard export.size == batch.size, export.indexes.insert(batch.index).inserted else { throw .repeated(.data) }
        exports[batch.id] = export
    }
}
