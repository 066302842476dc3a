internal import Crypto
internal import Foundation
public import MFADomain
internal import Yams

/// Policies as people write them: one YAML file (docs/policy.md).
public enum PolicyFile {
    public static let maxBytes = 64 * 1024
    public static let maxCasesBytes = 1024 * 1024

    /// Reads and checks a policy. What is unknown, impossible or contradicts itself is refused with its line and column.
    ///
    /// - Parameter file: for errors.
    public static func read(_ text: String, file: String) throws(PolicyFileError) -> Policy {
        let root = try root(of: text, file, maxBytes: maxBytes, expected: "mfa_enforcement")
        return try PolicyReader(file: file).policy(root, version: version(of: text))
    }

    /// So many seconds in the file's words, such as 30_days.
    public static func duration(_ seconds: Int64) -> String {
        for (unit, length) in [("days", 86_400), ("hours", 3_600), ("minutes", 60)] as [(String, Int64)]
        where seconds > 0 && seconds % length == 0 { return "\(seconds / length)_\(unit)" }
        return "\(seconds)_seconds"
    }

    /// Reads cases that a policy is tested with.
    public static func readCases(_ text: String, file: String) throws(PolicyFileError) -> [PolicyCase] {
        let root = try root(of: text, file, maxBytes: maxCasesBytes, expected: "cases")
        return try PolicyCasesReader(file: file).cases(root)
    }

    private static func root(
        of text: String, _ file: String, maxBytes: Int, expected key: String
    ) throws(PolicyFileError) -> Node {
        guard text.utf8.count <= maxBytes else { throw refusal(file, "is larger than \(maxBytes) bytes") }
        if let line = tooDeepLine(of: text) {
            throw PolicyFileError(file: file, line: line, column: 1, key: "", problem: "is nested too deeply")
        }
        if let (line, column) = anchorPlace(in: text) {
            throw PolicyFileError(
                file: file, line: line, column: column, key: "",
                problem: "has an anchor (&name), which is not taken here")
        }
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch let error as YamlError {
            throw refusal(file, error)
        } catch {
            throw refusal(file, "is not YAML")
        }
        guard let root else { throw refusal(file, "says nothing; expected the key \(key)") }
        return root
    }

    /// The beginning of the text's SHA-256, as hexadecimal digits.
    static func version(of text: String) -> String {
        SHA256.hash(data: Data(text.utf8)).prefix(6).map { String(format: "%02x", $0) }.joined()
    }

    /// Reading YAML takes a step of the stack for each level, and the text may come from a stranger.
    private static func tooDeepLine(of text: String) -> Int? {
        let limit = 40
        var (depth, line, indentation) = (0, 1, 0)
        var isAtStart = true
        for character in text.utf8 {
            switch character {
            case UInt8(ascii: "\n"): (line, indentation, isAtStart) = (line + 1, 0, true)
            case UInt8(ascii: "["), UInt8(ascii: "{"): (depth, isAtStart) = (depth + 1, false)
            case UInt8(ascii: "]"), UInt8(ascii: "}"): (depth, isAtStart) = (max(0, depth - 1), false)
            case UInt8(ascii: " "), UInt8(ascii: "-"), UInt8(ascii: "?"), UInt8(ascii: "\t"):
                if isAtStart { indentation += 1 }
            default: isAtStart = false
            }
            if depth > limit || isAtStart && indentation > 4 * limit { return line }
        }
        return nil
    }

    /// A few anchors, each naming the one before some times, stand for more than any machine can look at. Without an
    /// anchor no alias means anything. Quoted texts and comments are not told apart: a stranger's could be made to look
    /// like either.
    private static func anchorPlace(in text: String) -> (line: Int, column: Int)? {
        var (line, column, previous) = (1, 0, UInt8(ascii: "\n"))
        var pending = false
        for character in text.utf8 {
            if pending, !isSpace(character) { return (line, column) }
            pending = character == UInt8(ascii: "&") && !isWordPart(previous)
            if character == UInt8(ascii: "\n") { (line, column) = (line + 1, 0) } else { column += 1 }
            previous = character
        }
        return nil
    }

    private static func isSpace(_ character: UInt8) -> Bool {
        character == 0x20 || (0x09...0x0d).contains(character)
    }

    private static func isWordPart(_ character: UInt8) -> Bool {
        switch character {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }

    private static func refusal(_ file: String, _ problem: String) -> PolicyFileError {
        PolicyFileError(file: file, line: 1, column: 1, key: "", problem: problem)
    }

    private static func refusal(_ file: String, _ error: YamlError) -> PolicyFileError {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            PolicyFileError(
                file: file, line: mark.line, column: mark.column, key: "", problem: "is not YAML: \(problem.printable)")
        case .duplicatedKeysInMapping(let duplicates, let context):
            PolicyFileError(
                file: file, line: context.mark.line, column: context.mark.column,
                key: duplicates.sorted().map(\.printable).joined(separator: ", "), problem: "given twice")
        default: refusal(file, "is not YAML in UTF-8")
        }
    }
}

extension String {
    /// At most 64 characters, none of which does anything to a terminal.
    var printable: String {
        String(prefix(64).map { $0.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7f } ? $0 : "?" })
    }
}
