import Foundation
import MFATesting
import Testing

/// A conversation with a shell, as a person would see it:
///
///     $ command
///     what it prints on standard output
///     ! what it prints on standard error
///     ? exit status, 0 where none is written
///
/// `…` in an expected line stands for any text, a line of `…` alone for any number of lines.
struct Transcript {
    private struct Entry {
        var command: String
        var output: [String] = []
        var errors: [String] = []
        var status: Int32 = 0
    }

    private var entries: [Entry] = []

    init(_ text: String) {
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
            if line.hasPrefix("$ ") {
                entries.append(Entry(command: String(line.dropFirst(2))))
            } else if line.isEmpty || entries.isEmpty {
                continue
            } else if line.hasPrefix("! ") {
                entries[entries.count - 1].errors.append(String(line.dropFirst(2)))
            } else if line.hasPrefix("? ") {
                entries[entries.count - 1].status = Int32(line.dropFirst(2)) ?? -1
            } else {
                entries[entries.count - 1].output.append(line)
            }
        }
    }

    /// Runs the commands in one shell, one after the other, so that what one assigns the next ones know.
    func check(environment: [String: String] = [:]) async throws {
        let folder = try TemporaryDirectory()
        let script = entries.enumerated().map { index, entry in
            "{ \(entry.command)\n} >output.\(index) 2>errors.\(index); echo $? >status.\(index)\n"
        }.joined()
        try await Shell.run(script, in: folder, environment: environment)
        for (index, entry) in entries.enumerated() {
            let output = try Self.text(folder.file("output.\(index)"))
            let errors = try Self.text(folder.file("errors.\(index)"))
            let status = Int32(try Self.text(folder.file("status.\(index)")).dropLast())
            let shown = "$ \(entry.command)\n\(output)\(errors)? \(status ?? -1)"
            #expect(status == entry.status, "\(shown)")
            #expect(Self.matches(entry.output, Self.lines(output)), "\(shown)")
            #expect(Self.matches(entry.errors, Self.lines(errors)), "\(shown)")
        }
    }

    private static func text(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
    }

    private static func lines(_ text: String) -> [String] {
        text.split(separator: "\n").map(String.init)
    }

    private static func matches(_ expected: [String], _ lines: [String]) -> Bool {
        guard let first = expected.first else { return lines.isEmpty }
        if first == "…" {
            return (0...lines.count).contains { matches(Array(expected.dropFirst()), Array(lines.dropFirst($0))) }
        }
        guard let line = lines.first, matches(first, line) else { return false }
        return matches(Array(expected.dropFirst()), Array(lines.dropFirst()))
    }

    private static func matches(_ expected: String, _ line: String) -> Bool {
        let parts = expected.components(separatedBy: "…")
        guard let first = parts.first, let last = parts.last, parts.count > 1 else { return expected == line }
        guard line.hasPrefix(first), line.hasSuffix(last), line.count >= first.count + last.count else { return false }
        var rest = line.dropFirst(first.count).dropLast(last.count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let found = rest.range(of: part) else { return false }
            rest = rest[found.upperBound...]
        }
        return true
    }
}
