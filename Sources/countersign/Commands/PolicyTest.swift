import ArgumentParser
import Foundation
import MFADomain
import PolicyFile

struct PolicyTest: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Check that a policy file answers as a file of cases expects. Needs no server.",
        discussion: """
            Each failure is a line FILE:LINE: NAME: what was expected and found. Exit status 0 when all cases hold, 1 \
            when some fail, 2 when a file is refused.
            """)

    @Argument(help: .init("The policy file.", valueName: "policy.yaml")) var policy: String
    @Argument(help: .init("The cases, in the form of docs/policy.md.", valueName: "cases.yaml")) var cases: String

    func run() throws {
        let policy = try Self.reading { try PolicyFile.read(TextInput.file(self.policy), file: self.policy) }
        let cases = try Self.reading { try PolicyFile.readCases(TextInput.file(self.cases), file: self.cases) }
        let now = Timestamp(seconds: Int64(Date().timeIntervalSince1970))
        var failures = 0
        for one in cases {
            guard let failure = one.failure(under: policy, at: now) else { continue }
            failures += 1
            Standard.output("\(self.cases):\(one.line): \(one.name): \(failure)")
        }
        Standard.output("\(cases.count - failures) of \(cases.count) cases hold")
        if failures > 0 { throw NegativeVerdict() }
    }

    private static func reading<Value>(_ read: () throws -> Value) throws -> Value {
        do {
            return try read()
        } catch let error as PolicyFileError {
            throw Complaint(error.description)
        }
    }
}
