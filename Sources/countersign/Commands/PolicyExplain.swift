import ArgumentParser
import CountersignClient

struct PolicyExplain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract:
            "What the policy in force would answer a person, and why. Changes nothing: no grace begins, no token is used.",
        discussion: """
            Signals count as in `evaluate`: under the scopes of the caller that tells them, which is you here. The exit \
            status does not tell the answer.
            """)

    @Argument(help: "The person, by your own id.") var subject: String
    @Option(help: .init("What the person would be about to do, for example sign_in.", valueName: "name")) var action =
        ""
    @Flag var sensitivity: Evaluate.Sensitivity?
    @Option(help: .init("The verification_id of an accepted `verify`.", valueName: "verification-id"))
    var verification = ""
    @OptionGroup(title: "Signals") var signals: SignalOptions
    @Flag(help: "Print the answer of the server instead of words.") var json = false
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func run() async throws {
        let settings = try connection.settings()
        let answer = try await settings.withClient { client in
            try await client.policy.explainEvaluation(
                .with {
                    $0.tenant = settings.tenant
                    $0.subject = subject
                    $0.action = action
                    $0.sensitivity = sensitivity?.value ?? .unspecified
                    $0.signals = signals.message
                    $0.verificationID = verification
                })
        }
        Standard.output(json ? try AnswerJSON.of(answer).text() : Explanation(answer, of: subject, action: action).text)
    }
}
