import ArgumentParser
import CountersignClient
import Foundation

/// How the program ends: what it still says, and its exit status.
struct Ending {
    private var output = ""
    private var complaints: [String] = []
    private let status: ExitStatus

    init(_ error: any Error) {
        switch error {
        case is NegativeVerdict:
            status = .negativeVerdict
        case let error as Complaint:
            status = error.status
            complaints = Self.lines(error.message, hint: error.hint)
        case let error as CountersignError:
            status = ExitStatus(error)
            complaints = Self.lines(Self.text(error), hint: error.hint ?? Self.hint(error))
        default:
            let text = Countersign.message(for: error)
            guard !Countersign.exitCode(for: error).isSuccess else {
                // Help, or the like, that was asked for.
                status = .done
                output = text
                return
            }
            status = .usage
            complaints = Self.lines(text, hint: "countersign --help, or --help after any command")
        }
    }

    func end() -> Never {
        if !output.isEmpty { Standard.output(output) }
        for line in complaints { Standard.error(line) }
        Foundation.exit(status.rawValue)
    }

    private static func lines(_ message: String, hint: String?) -> [String] {
        ["error: \(message)"] + (hint.map { ["hint: \($0)"] } ?? [])
    }

    static func text(_ error: CountersignError) -> String {
        let label = error.reason.isEmpty ? "\(error.code)" : "\(error.code) \(error.reason)"
        let fields = error.fieldViolations.map { "\($0.field): \($0.description)" }
            .filter { !error.message.contains($0) }
        return ([error.message] + fields).joined(separator: "; ") + " [\(label)]"
    }

    private static func hint(_ error: CountersignError) -> String? {
        if let retryAfter = error.retryAfter { return "try again in \(retryAfter)" }
        if error.message.contains("TLS: ") { return "check ca, certificate, key and server_name" }
        if error.transportFailure == .cannotConnect { return "check the address, and that the server is running there" }
        return nil
    }
}
