import Foundation

/// The report, a line of JSON for each entry in the order of the source.
final class ImportReport {
    private let handle: FileHandle
    private var lines = ""
    private(set) var counts: [ImportLine.Result: Int] = [:]

    init(handle: FileHandle) {
        self.handle = handle
    }

    /// Goes on at the end of the file: what an interrupted run said stays.
    convenience init(path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw Complaint("\(path) cannot be written: \(String(cString: strerror(errno)))")
        }
        self.init(handle: FileHandle(fileDescriptor: descriptor, closeOnDealloc: true))
    }

    func add(_ line: ImportLine) {
        lines += line.json.line + "\n"
        counts[line.result, default: 0] += 1
    }

    func flush() throws {
        guard !lines.isEmpty else { return }
        do {
            try handle.write(contentsOf: Data(lines.utf8))
        } catch {
            throw Complaint("the report cannot be written")
        }
        lines.removeAll(keepingCapacity: true)
    }

    var hasFailures: Bool { counts[.failed] != nil }

    var summary: String {
        let shown: [(ImportLine.Result, String)] = [
            (.imported, "imported"), (.wouldImport, "would be imported"), (.skipped, "skipped, imported before"),
            (.failed, "failed"),
        ]
        let parts = shown.compactMap { result, text in counts[result].map { "\($0) \(text)" } }
        return parts.isEmpty ? "no entries" : parts.joined(separator: "; ")
    }
}
