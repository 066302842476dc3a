/// Reads factors from a file, piece by piece. Nothing but the present line (of CSV and URIs) or the file up to its
/// limit (of PSKC) is kept, so that files of any length take the same memory.
///
/// Throws what makes the whole file unusable; it must not be used after that. What is wrong with one entry is in that
/// entry's record, and the others are read nevertheless.
public struct FactorReader {
    private enum Parser {
        case uris(URILines)
        case csv(CSVLines)
        case pskc([UInt8])
    }

    private let options: ImportOptions
    private var lines = LineSplitter()
    private var parser: Parser

    public init(source: ImportSource, options: ImportOptions) {
        self.options = options
        parser =
            switch source {
            case .uris: .uris(URILines(options: options))
            case .csv: .csv(CSVLines(options: options))
            case .pskc: .pskc([])
            }
    }

    /// Takes the file's next bytes, any number of them.
    public mutating func read(_ bytes: some Collection<UInt8>) throws(ImportError) -> [ImportRecord] {
        var records: [ImportRecord] = []
        switch parser {
        case .uris(var uris):
            for line in lines.split(bytes) { uris.read(line, into: &records) }
            parser = .uris(uris)
        case .csv(var csv):
            for line in lines.split(bytes) { try csv.read(line, into: &records) }
            parser = .csv(csv)
        case .pskc(var file):
            guard bytes.count <= PSKCFile.limitBytes - file.count else {
                throw .fileTooLarge(limitBytes: PSKCFile.limitBytes)
            }
            // Otherwise the array would be in two hands, and copied for every piece.
            parser = .pskc([])
            file += bytes
            parser = .pskc(file)
        }
        return records
    }

    /// Takes the end of the file.
    public mutating func finish() throws(ImportError) -> [ImportRecord] {
        var records: [ImportRecord] = []
        switch parser {
        case .uris(var uris):
            if let line = lines.last() { uris.read(line, into: &records) }
            uris.finish(into: &records)
        case .csv(var csv):
            if let line = lines.last() { try csv.read(line, into: &records) }
            try csv.finish()
        case .pskc(let file):
            records = try PSKCFile.read(file, options: options)
        }
        return records
    }
}
