import FactorImport
import Foundation
import MFADomain
import MFATesting
import Testing

@testable import countersign

/// A source, its state and the reports of the runs over it.
struct ImportFolder {
    let folder: TemporaryDirectory
    let name: String

    /// A base32 secret of 20 bytes that is like no other's.
    static func secret(_ number: Int) -> String {
        Base32.encode([UInt8](repeating: 7, count: 12) + withUnsafeBytes(of: UInt64(number).bigEndian) { Array($0) })
    }

    static func totp(_ count: Int) -> String {
        (0..<count).reduce("subject,kind,secret\n") { $0 + "user-\($1),totp,\(secret($1))\n" }
    }

    init(_ contents: String, name: String = "source.csv") throws {
        folder = try TemporaryDirectory()
        self.name = name
        try write(contents, to: name)
    }

    var path: String { folder.file(name) }
    var statePath: String { folder.file("state") }

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder.file(name)))
    }

    func openState(address: String = "server:1") throws -> ImportState {
        try ImportState(path: statePath, source: try ImportFile(path: path).digest, address: address)
    }

    struct Outcome {
        var error: (any Error)?
        /// One dictionary for each line.
        var lines: [[String: String]] = []
        var summary = ""

        var results: [String] { lines.map { $0["result"] ?? "" } }
    }

    /// A whole run, as the command makes one.
    func run(
        _ server: ImportServer?, inFlight: Int = 1, isActive: Bool = true,
        subjectFrom: ImportPlan.SubjectOrigin = .source, allowShortSecrets: Bool = false
    ) async throws -> Outcome {
        let file = try ImportFile(path: path)
        let reader = FactorReader(
            source: try file.detect(),
            options: ImportOptions(now: Timestamp(seconds: 2_000_000_000), allowShortSecrets: allowShortSecrets))
        let plan = ImportPlan(
            tenant: "default", isActive: isActive, subjectOrigin: subjectFrom, allowShortSecrets: allowShortSecrets,
            source: file.digest)
        let reportPath = folder.file("report-\(UUID().uuidString)")
        let report = try ImportReport(path: reportPath)
        var run = ImportRun(
            plan: plan, call: server?.call, report: report, state: try server.map { _ in try openState() },
            inFlight: inFlight)
        var outcome = Outcome()
        do { try await run.run(file, reader) } catch { outcome.error = error }
        outcome.summary = report.summary
        for line in try String(contentsOfFile: reportPath, encoding: .utf8).split(separator: "\n") {
            let members = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
            outcome.lines.append(members.mapValues { "\($0)" })
        }
        return outcome
    }
}
