import ArgumentParser
import CountersignClient

struct AccessCode: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "access-code",
        abstract: "Give a person a code to sign in with for a while: `verify --kind access-code`. They are told.")

    @Argument(help: "The person, by your own id.") var subject: String
    @Option(help: .init("Who you are.", valueName: "name")) var `operator`: String
    @Option(help: .init("Why. Kept in the audit: name nobody.", valueName: "text")) var reason: String
    @Option(help: .init("How long it is good, 60 to 604800 seconds.", valueName: "seconds"))
    var lifetime: Int64 = 3_600
    @Option(help: .init("How often it signs in, 1 to 100.", valueName: "count")) var uses: UInt32 = 1
    @OptionGroup var delivery: AccessCodeOptions
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func call(_ client: CountersignClient, tenant: String) async throws -> IssueTemporaryAccessCodeResponse {
        try await client.recovery.issueTemporaryAccessCode(
            .with {
                $0.tenant = tenant
                $0.subject = subject
                $0.operator = self.operator
                $0.reason = reason
                $0.lifetimeSeconds = lifetime
                $0.uses = uses
                $0.delivery = delivery.delivery
                $0.sendTo = delivery.addressKind
            })
    }
}
