import Foundation

/// A Swift source, with and without its comments and texts.
struct SourceFile: Sendable {
    /// From the top of the repository.
    let path: String
    let lines: [String]
    /// The same lines with comments and the contents of string literals blanked.
    let code: [String]

    init(path: String, text: String) {
        self.path = path
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        code = Self.blanked(text).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    var isGenerated: Bool { path.contains("/Generated/") }

    static var repository: URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    }

    /// The Swift sources below a folder of the repository.
    static func all(in folder: String) throws -> [SourceFile] {
        let root = repository.appending(path: folder)
        guard FileManager.default.fileExists(atPath: root.path) else { return [] }
        return try FileManager.default.subpathsOfDirectory(atPath: root.path).filter { $0.hasSuffix(".swift") }.sorted()
            .map { name in
                SourceFile(
                    path: "\(folder)/\(name)",
                    text: try String(contentsOf: root.appending(path: name), encoding: .utf8))
            }
    }

    /// Every module the file imports, with the line (from 1) that does.
    var imports: [(module: String, line: Int)] {
        let pattern =
            #/^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?import\s+(?:(?:struct|class|enum|protocol|typealias|func|let|var|actor|macro)\s+)?(\w+)/#
        return code.enumerated().compactMap { index, line in
            guard let match = line.firstMatch(of: pattern) else { return nil }
            return (String(match.output.1), index + 1)
        }
    }

    private static func blanked(_ text: String) -> String {
        var result = ""
        var rest = Substring(text)
        var commentDepth = 0
        /// What ends the string literal we are in, and what begins an interpolation there.
        var literal: (end: String, escape: String)?

        func keep(_ count: Int) {
            result += rest.prefix(count)
            rest = rest.dropFirst(count)
        }
        func blank(_ count: Int) {
            for character in rest.prefix(count) { result += character.isNewline ? "\n" : " " }
            rest = rest.dropFirst(count)
        }

        while let character = rest.first {
            if commentDepth > 0 {
                if rest.hasPrefix("/*") { commentDepth += 1 }
                let isEnd = rest.hasPrefix("*/")
                if isEnd { commentDepth -= 1 }
                blank(isEnd || rest.hasPrefix("/*") ? 2 : 1)
            } else if let open = literal {
                if rest.hasPrefix(open.end) {
                    keep(open.end.count)
                    literal = nil
                } else if rest.hasPrefix(open.escape) {
                    // An escaped character; code in an interpolation is blanked with the text around it.
                    blank(open.escape.count + 1)
                } else {
                    blank(1)
                }
            } else if rest.hasPrefix("//") {
                blank(rest.prefix { !$0.isNewline }.count)
            } else if rest.hasPrefix("/*") {
                commentDepth = 1
                blank(2)
            } else if character == "\"" || character == "#" {
                let hashes = rest.prefix { $0 == "#" }
                let quoted = rest.dropFirst(hashes.count)
                if quoted.hasPrefix("\"\"\"") {
                    literal = ("\"\"\"" + hashes, "\\" + hashes)
                    keep(hashes.count + 3)
                } else if quoted.hasPrefix("\"") {
                    literal = ("\"" + hashes, "\\" + hashes)
                    keep(hashes.count + 1)
                } else {
                    keep(max(1, hashes.count))
                }
            } else {
                keep(1)
            }
        }
        return result
    }
}
