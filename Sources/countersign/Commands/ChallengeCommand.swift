import ArgumentParser
import CountersignClient

struct ChallengeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "challenge",
        abstract: "Ask a person: send a code by SMS or e-mail, or a question to a device. `verify` ends it.",
        subcommands: [ChallengeStart.self, ChallengeResend.self, ChallengeGet.self, ChallengeCancel.self])
}

struct ChallengeStart: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "start", abstract: "Ask. Exit status 0 when it began, 1 when a limit stood in the way.")

    @Argument(help: "The person, by your own id.") var subject: String
    @Option(help: "The factor of a kind that was last used.") var kind: Kind?
    @Option(help: .init("This factor.", valueName: "factor-id")) var factor: String?
    @Option(help: .init("What is asked for, for example \"transfer 120 EUR\".", valueName: "text")) var action = ""
    @Option(help: .init("Where it comes from, for example \"Chrome on Windows\"; push.", valueName: "text"))
    var context = ""
    @Option(help: .init("Where that is, for example \"Zurich, Switzerland\"; push.", valueName: "text"))
    var location = ""
    @OptionGroup var message: MessageOptions
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    enum Kind: String, ExpressibleByArgument, CaseIterable {
        case sms
        case email
        case push

        var value: FactorKind {
            switch self {
            case .sms: .sms
            case .email: .email
            case .push: .push
            }
        }
    }

    func validate() throws {
        switch (kind, factor) {
        case (nil, nil): throw ValidationError("--kind or --factor is needed")
        case (_?, _?): throw ValidationError("--factor and --kind exclude each other")
        default: break
        }
    }

    func call(_ client: CountersignClient, tenant: String) async throws -> StartChallengeResponse {
        try await client.verification.startChallenge(
            .with {
                $0.tenant = tenant
                $0.subject = subject
                $0.factorID = factor ?? ""
                $0.kind = kind?.value ?? .unspecified
                $0.delivery = message.delivery
                $0.action = action
                $0.context = context
                $0.location = location
                $0.locale = message.locale
            })
    }
}

struct ChallengeResend: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "resend", abstract: "Send another code in place of the one before, which ends. No new tries.")

    @Argument(help: "The person, by your own id.") var subject: String
    @Argument(help: "The challenge.") var challengeID: String
    @OptionGroup var message: MessageOptions
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func call(_ client: CountersignClient, tenant: String) async throws -> StartChallengeResponse {
        try await client.verification.startChallenge(
            .with {
                $0.tenant = tenant
                $0.subject = subject
                $0.resendChallengeID = challengeID
                $0.delivery = message.delivery
                $0.locale = message.locale
            })
    }
}

struct ChallengeGet: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "How a challenge stands. `verify --challenge` spends an approved one.")

    @Argument(help: "The person, by your own id.") var subject: String
    @Argument(help: "The challenge.") var challengeID: String
    @Option(
        name: .customLong("wait"),
        help: .init("Wait for its end so long, at most 60; on top of --timeout.", valueName: "seconds"))
    var waitSeconds: Int = 0
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    var wait: Duration { .seconds(waitSeconds) }

    func validate() throws {
        guard (0...60).contains(waitSeconds) else { throw ValidationError("--wait is a number of seconds, 0 to 60") }
    }

    func call(_ client: CountersignClient, tenant: String) async throws -> GetChallengeResponse {
        try await client.verification.getChallenge(
            .with {
                $0.tenant = tenant
                $0.subject = subject
                $0.challengeID = challengeID
                $0.waitMs = Int64(waitSeconds) * 1000
            })
    }
}

struct ChallengeCancel: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Withdraw a challenge. One that has ended stays as it is.")

    @Argument(help: "The person, by your own id.") var subject: String
    @Argument(help: "The challenge.") var challengeID: String
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func call(_ client: CountersignClient, tenant: String) async throws -> CancelChallengeResponse {
        try await client.verification.cancelChallenge(
            .with {
                $0.tenant = tenant
                $0.subject = subject
                $0.challengeID = challengeID
            })
    }
}
