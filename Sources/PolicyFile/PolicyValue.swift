internal import Foundation
internal import MFADomain
internal import Yams

/// One value of the file and where it stands.
struct PolicyValue {
    let node: Node
    let key: String
    let file: String

    init(_ node: Node, key: String, file: String) {
        self.node = node
        self.key = key
        self.file = file
    }

    func refusal(_ problem: String) -> PolicyFileError {
        PolicyFileError(
            file: file, line: line, column: node.mark?.column ?? 1, key: key, problem: problem)
    }

    var line: Int { node.mark?.line ?? 1 }

    func expected(_ what: String) -> PolicyFileError { refusal("expected \(what), found \(node.shown)") }

    func bool() throws(PolicyFileError) -> Bool {
        // A text in quotes is none.
        switch node.scalar.flatMap({ $0.style == .plain ? $0.string : nil }) {
        case "true": return true
        case "false": return false
        default: throw expected("true or false")
        }
    }

    func integer(_ range: ClosedRange<Int>) throws(PolicyFileError) -> Int {
        guard let text = node.scalar?.string, let value = Int(text), range.contains(value), String(value) == text else {
            throw expected("\(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    func text(maxBytes: Int = 128) throws(PolicyFileError) -> String {
        guard let text = node.scalar?.string, (1...maxBytes).contains(text.utf8.count), text.printable == text else {
            throw expected("a text of 1 to \(min(64, maxBytes)) characters")
        }
        return text
    }

    func word<Word: RawRepresentable<String> & CaseIterable>(_: Word.Type = Word.self) throws(PolicyFileError) -> Word {
        guard let text = node.scalar?.string, let word = Word(rawValue: text) else {
            throw expected(Word.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return word
    }

    /// Such as 30_days.
    func seconds(_ range: ClosedRange<Int64>) throws(PolicyFileError) -> Int64 {
        let units: [String: Int64] = ["second": 1, "minute": 60, "hour": 3_600, "day": 86_400, "week": 604_800]
        let parts = (node.scalar?.string ?? "").split(separator: "_", omittingEmptySubsequences: false)
        guard parts.count == 2, let count = Int64(parts[0]), String(count) == parts[0], count >= 0,
            let unit = units[parts[1].hasSuffix("s") ? String(parts[1].dropLast()) : String(parts[1])]
        else { throw expected("a duration such as 30_days, 24_hours or 90_seconds") }
        let (seconds, isTooLong) = count.multipliedReportingOverflow(by: unit)
        guard !isTooLong, range.contains(seconds) else {
            throw expected("\(PolicyFile.duration(range.lowerBound)) to \(PolicyFile.duration(range.upperBound))")
        }
        return seconds
    }

    func moment() throws(PolicyFileError) -> Timestamp {
        guard let text = node.scalar?.string, let date = try? Date(text, strategy: .iso8601) else {
            throw expected("a moment such as 2027-01-31T12:00:00Z")
        }
        return Timestamp(milliseconds: Int64(date.timeIntervalSince1970) * 1000)
    }

    func list() throws(PolicyFileError) -> [PolicyValue] {
        guard let sequence = node.sequence else { throw expected("a list") }
        guard sequence.count <= 1000 else { throw refusal("expected at most 1000 entries") }
        return sequence.enumerated().map { PolicyValue($1, key: "\(key)[\($0)]", file: file) }
    }

    /// No entry twice, and at least one unless `mayBeEmpty`.
    func set<Value: Hashable>(
        mayBeEmpty: Bool = false, _ read: (PolicyValue) throws(PolicyFileError) -> Value
    ) throws(PolicyFileError) -> [Value] {
        var values: [Value] = []
        for entry in try list() {
            let value = try read(entry)
            guard !values.contains(value) else { throw entry.refusal("given twice") }
            values.append(value)
        }
        guard mayBeEmpty || !values.isEmpty else { throw refusal("expected at least one entry") }
        return values
    }

    func names() throws(PolicyFileError) -> [String] {
        try set { (entry) throws(PolicyFileError) in try entry.text() }
    }

    /// A name, or the beginning of names and "*".
    func patterns(mayBeEmpty: Bool = false) throws(PolicyFileError) -> [NamePattern] {
        try set(mayBeEmpty: mayBeEmpty) { (entry) throws(PolicyFileError) in
            let text = try entry.text()
            guard !text.dropLast().contains("*") else { throw entry.refusal("has \"*\" elsewhere than at its end") }
            return NamePattern(text)
        }
    }
}
