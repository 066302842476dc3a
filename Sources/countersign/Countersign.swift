import ArgumentParser

/// The client command line. Its rules:
///
/// * The result goes to standard output, and nothing else does.
/// * What went wrong goes to standard error as `error:`, what to do about it as `hint:`.
/// * The exit status tells a negative verdict from a refusal from a server that is away.
@main
struct Countersign: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "countersign",
        abstract: "Enroll, verify and recover against a Countersign server.",
        discussion: """
            Results are JSON on standard output, in the words of the .proto files; with --field one field of it, \
            raw. Failures are `error:` and `hint:` lines on standard error.

            EXIT STATUS
              0  done; the proof was accepted, what was asked for began
              1  a negative verdict: wrong code, replayed, locked, …; the policy wants more before it allows
              2  called or configured wrongly
              3  the server refused the request: an invalid field, not found, a precondition
              4  not allowed: unknown caller, or a scope is missing
              5  no answer: cannot connect, unavailable, overloaded, out of time
              6  a fault of the server, or anything else

            CONFIGURATION
              Flags, then environment, then one YAML file: --config, else COUNTERSIGN_CONFIG, else \
            ./var/client.yaml, else ~/.config/countersign/client.yaml. Its keys, each also an environment variable \
            with COUNTERSIGN_ in front (COUNTERSIGN_ADDRESS): address, ca, certificate, key, server_name, \
            plaintext, tenant, timeout_seconds. Paths in the file are relative to the file.
            """,
        subcommands: [],
        groupedSubcommands: [
            CommandGroup(
                name: "Verbs",
                subcommands: [
                    Enroll.self, Activate.self, Evaluate.self, ChallengeCommand.self, Verify.self, Devices.self,
                    PolicyCommand.self, ReceiptCommand.self, Recover.self, BackupCodes.self, RecoveryCommand.self,
                    AccessCode.self, ReportLost.self,
                    Factors.self, SubjectCommand.self, Events.self, Import.self,
                ]),
            CommandGroup(name: "Every RPC", subcommands: [Call.self, List.self, Describe.self]),
            CommandGroup(name: "Tools", subcommands: [AuthenticatorCommand.self, Code.self, Ping.self]),
        ])

    static func main() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            Ending(error).end()
        }
    }
}
