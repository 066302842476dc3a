import ArgumentParser
import CountersignClient

struct AuthenticatorPair: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "pair", abstract: "Make a key for a factor that `enroll push` started.",
        discussion: "Where no answer came, the same again goes on with the same key.")

    @Argument(help: "The pairing_uri; - reads it from standard input.") var uri: String
    @Option(help: "What the device is called, at most 64 characters.") var model = "countersign authenticator"
    @Option(help: .init("The device's registration token of Firebase Cloud Messaging.", valueName: "token"))
    var fcmToken = ""
    @OptionGroup var options: AuthenticatorOptions
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func call(_ client: CountersignClient, tenant: String) async throws -> ActivateFactorResponse {
        let pairing = try PushPairing(uri: try SecretArgument.read(uri))
        return try await PushDevices(file: try options.file(), server: client)
            .pair(pairing, model: model, token: fcmToken)
    }
}

struct AuthenticatorList: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "What waits for an answer, on all devices.",
        discussion: "When standard error is a terminal, also as a person should see it.")

    @Option(help: .init("On the device of this factor alone.", valueName: "factor-id")) var factor: String?
    @OptionGroup var options: AuthenticatorOptions
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func call(_ client: CountersignClient, tenant: String) async throws -> ListPendingPushesResponse {
        let questions = try await PushDevices(file: try options.file(), server: client).questions(factor: factor)
        if Standard.isErrorTerminal {
            for question in questions { Standard.error(question.text) }
        }
        return .with { $0.pushes = questions.map(\.push) }
    }
}

struct AuthenticatorApprove: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve", abstract: "Say yes, with the number that is shown where the question began.",
        discussion: "Everything that `list` shows is signed with it. A number that is wrong three times denies.")

    @Argument(help: "The number_to_match.") var number: String
    @OptionGroup var question: PushQuestionOptions
    @OptionGroup var options: AuthenticatorOptions
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func call(_ client: CountersignClient, tenant: String) async throws -> AnswerPushResponse {
        try await PushDevices(file: try options.file(), server: client)
            .answer(.approve(number: number), challengeID: question.challenge, factor: question.factor)
    }
}

struct AuthenticatorDeny: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "deny", abstract: "Say no. Exit status 0 when it is denied now, 1 when it was too late.")

    @Flag(help: "The person did not start this: someone else may know their password.") var fraud = false
    @OptionGroup var question: PushQuestionOptions
    @OptionGroup var options: AuthenticatorOptions
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    static let goodVerdict = Verdict.denied

    func call(_ client: CountersignClient, tenant: String) async throws -> AnswerPushResponse {
        try await PushDevices(file: try options.file(), server: client)
            .answer(fraud ? .denyAsFraud : .deny, challengeID: question.challenge, factor: question.factor)
    }
}

/// Which question is answered.
struct PushQuestionOptions: ParsableArguments {
    @Option(help: .init("Needed when several wait for an answer.", valueName: "challenge-id")) var challenge: String?
    @Option(help: .init("On the device of this factor alone.", valueName: "factor-id")) var factor: String?
}
