import ArgumentParser
import Foundation

/// The server program.
@main
struct Countersignd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "countersignd",
        abstract: "Countersign, a self-hosted multi-factor authentication service.",
        discussion: """
            Exit status: 0 done or asked to stop, 1 it could not run or went down, 2 it was called or configured wrongly.
            """,
        version: "0.1.0",
        subcommands: [Serve.self, CheckConfig.self, Init.self, Vacuum.self])

    static func main() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            end(with: error)
        }
    }

    /// One line for what went wrong; ArgumentParser's own text for help and usage.
    private static func end(with error: any Error) -> Never {
        let status: Int32
        switch error {
        case let error as ConfigurationError:
            complain(error.description)
            status = 2
        case let error as StartError:
            complain(error.description)
            status = 1
        default:
            let code = exitCode(for: error)
            let text = fullMessage(for: error)
            if code.isSuccess {
                print(text)
            } else if !text.isEmpty {
                FileHandle.standardError.write(Data((text + "\n").utf8))
            }
            status = code == .validationFailure ? 2 : code.rawValue
        }
        Foundation.exit(status)
    }

    private static func complain(_ line: String) {
        FileHandle.standardError.write(Data("countersignd: \(line.printable(longest: 2_000))\n".utf8))
    }
}
