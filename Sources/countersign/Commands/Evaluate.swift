import ArgumentParser
import CountersignClient

struct Evaluate: ServerCommand {
    static let configuration = CommandConfiguration(
        abstract: "Ask the policy what stands before an action. Exit status 0 for ALLOW, 1 for everything else.")

    @Argument(help: "The person, by your own id.") var subject: String
    @Option(help: .init("What the person is about to do, for example sign_in.", valueName: "name")) var action = ""
    @Flag var sensitivity: Sensitivity?
    @Option(help: .init("The verification_id of an accepted `verify`.", valueName: "verification-id"))
    var verification = ""
    @OptionGroup(title: "Signals") var signals: SignalOptions
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    enum Sensitivity: String, EnumerableFlag {
        case ordinary
        case sensitive

        static func help(for value: Sensitivity) -> ArgumentHelp? {
            switch value {
            case .ordinary: "The action is nothing special. Where you say nothing, the policy must know it."
            case .sensitive: "The action is sensitive."
            }
        }
    }

    func call(_ client: CountersignClient, tenant: String) async throws -> EvaluateResponse {
        try await client.policy.evaluate(
            .with {
                $0.tenant = tenant
                $0.subject = subject
                $0.action = action
                $0.sensitivity = sensitivity?.value ?? .unspecified
                $0.signals = signals.message
                $0.verificationID = verification
            })
    }
}

extension Evaluate.Sensitivity {
    var value: Sensitivity {
        switch self {
        case .ordinary: .ordinary
        case .sensitive: .sensitive
        }
    }
}
