internal import Foundation
internal import FoundationXML

/// A Portable Symmetric Key Container (RFC 6030).
enum PSKCFile {
    /// Room for some ten thousand key packages.
    static let limitBytes = 16 << 20

    static func read(_ file: [UInt8], options: ImportOptions) throws(ImportError) -> [ImportRecord] {
        let file = try XMLGuard.check(file)
        let container = PSKCContainer(options: options)
        let handler = PSKCHandler { (element, line) throws(ImportError) in try container.read(element, line: line) }
        let parser = XMLParser(data: Data(file))
        parser.shouldProcessNamespaces = true
        parser.shouldResolveExternalEntities = false
        parser.delegate = handler
        let isParsed = parser.parse()
        if let error = handler.error { throw error }
        // The parser is content with a file that ends too early or goes on after its end, and only keeps the error; of
        // an empty one it has none. Keys would be lost unnoticed.
        guard isParsed, parser.parserError == nil, handler.isComplete else { throw .malformedXML }
        return container.records
    }
}
