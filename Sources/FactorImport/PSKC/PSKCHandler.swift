internal import Foundation
internal import FoundationXML

/// Takes the parser's events and builds the elements right under the root one at a time, so that memory is bounded by
/// the largest of them.
final class PSKCHandler: NSObject, XMLParserDelegate {
    private static let maxDepth = 32
    private static let maxElements = 1_000
    private static let maxTextBytes = 65_536
    private static let namespace = "urn:ietf:params:xml:ns:keyprov:pskc"
    /// Elements of other name spaces are extensions. Without one are the parameters of PBKDF2, as RFC 6030 itself writes
    /// them.
    private static let namespaces: Set<String> = [
        namespace, "", "http://www.w3.org/2000/09/xmldsig#", "http://www.w3.org/2001/04/xmlenc#",
        "http://www.w3.org/2009/xmlenc11#", "http://www.rsasecurity.com/rsalabs/pkcs/schemas/pkcs-5v2-0#",
        "http://www.rsasecurity.com/rsalabs/pkcs/schemas/pkcs-5v2-0",
    ]

    /// Why the parser was stopped.
    private(set) var error: ImportError?
    /// True once the root was closed.
    private(set) var isComplete = false
    private let finished: (PSKCElement, Int) throws(ImportError) -> Void
    /// Open elements under the root, the innermost last.
    private var open: [PSKCElement] = []
    private var depth = 0
    private var elementCount = 0
    private var textByteCount = 0
    private var line = 0

    /// - Parameter finished: Takes each element under the root and the line it begins on.
    init(finished: @escaping (PSKCElement, Int) throws(ImportError) -> Void) {
        self.finished = finished
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        guard error == nil else { return }
        depth += 1
        elementCount += 1
        guard depth <= Self.maxDepth, elementCount <= Self.maxElements else { return stop(parser, .oversizedXML) }
        if depth == 1 {
            guard name == "KeyContainer", namespaceURI == Self.namespace, attributes["Version"] == "1.0" else {
                return stop(parser, .notPSKC)
            }
            return
        }
        if depth == 2 { line = parser.lineNumber }
        let namespace = namespaceURI ?? ""
        let isKnown = Self.namespaces.contains(namespace)
        open.append(PSKCElement(name: isKnown ? name : "{\(namespace)}\(name)", attributes: attributes))
    }

    func parser(_ parser: XMLParser, foundCharacters characters: String) {
        guard error == nil, depth > 1 else { return }
        textByteCount += characters.utf8.count
        guard textByteCount <= Self.maxTextBytes else { return stop(parser, .oversizedXML) }
        if !open.isEmpty { open[open.count - 1].text += characters }
    }

    func parser(_ parser: XMLParser, foundCDATA block: Data) {
        guard let characters = String(validating: block, as: UTF8.self) else { return stop(parser, .malformedXML) }
        self.parser(parser, foundCharacters: characters)
    }

    func parser(_ parser: XMLParser, didEndElement: String, namespaceURI: String?, qualifiedName: String?) {
        guard error == nil else { return }
        defer { depth -= 1 }
        if var element = open.popLast() {
            element.text = element.text.trimmingCharacters(in: .whitespacesAndNewlines)
            if open.isEmpty {
                do throws(ImportError) { try finished(element, line) } catch { stop(parser, error) }
            } else {
                open[open.count - 1].children.append(element)
            }
        }
        if depth == 2 { (elementCount, textByteCount) = (1, 0) }
        if depth == 1 { isComplete = true }
    }

    private func stop(_ parser: XMLParser, _ error: ImportError) {
        self.error = error
        parser.abortParsing()
    }
}
