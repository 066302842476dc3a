import ArgumentParser
import CountersignClient

struct EnrollSMS: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "sms", abstract: "A telephone number; a first code is sent to it, for `activate`.")

    @Argument(help: "The person, by your own id.") var subject: String
    @Argument(help: "The number in international form, for example +41791234567.") var number: String
    @OptionGroup var options: EnrollAddressOptions
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func call(_ client: CountersignClient, tenant: String) async throws -> StartEnrollmentResponse {
        try await client.enrollment.startEnrollment(options.request(.sms, number, of: subject, tenant: tenant))
    }
}

struct EnrollEmail: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "email", abstract: "An e-mail address; a first code is sent to it, for `activate`.")

    @Argument(help: "The person, by your own id.") var subject: String
    @Argument(help: "The address.") var address: String
    @OptionGroup var options: EnrollAddressOptions
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func call(_ client: CountersignClient, tenant: String) async throws -> StartEnrollmentResponse {
        try await client.enrollment.startEnrollment(options.request(.email, address, of: subject, tenant: tenant))
    }
}

/// What numbers and addresses have in common.
struct EnrollAddressOptions: ParsableArguments {
    @Option(help: "A name for people, for example \"Work phone\".") var name = ""
    @Option(help: .init("Needed when the subject has a factor already.", valueName: "verification-id")) var proof = ""
    @OptionGroup var message: MessageOptions

    func request(
        _ kind: FactorKind, _ address: String, of subject: String, tenant: String
    ) -> StartEnrollmentRequest {
        .with {
            $0.tenant = tenant
            $0.subject = subject
            $0.kind = kind
            $0.factorName = name
            $0.verificationID = proof
            $0.address = address
            $0.locale = message.locale
            $0.delivery = message.delivery
        }
    }
}

/// The flags of every command that has a code sent.
struct MessageOptions: ParsableArguments {
    @Option(help: "Language tag of the message, for example de-CH; the subject's unless given.") var locale = ""
    @Flag(help: "Send nothing: the answer has the code, and you deliver it. Needs scope `return-code`.")
    var returnCode = false

    var delivery: Delivery { returnCode ? .returnCode : .unspecified }
}
