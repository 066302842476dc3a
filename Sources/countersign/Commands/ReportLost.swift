import ArgumentParser
import CountersignClient

struct ReportLost: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "report-lost",
        abstract: "A device is gone: its factors stop to count at once, locked ones too. `factors resume` undoes it.")

    @Argument(help: "The person, by your own id.") var subject: String
    @Argument(help: "What is lost; everything on telephones and tokens unless given.") var factorIDs: [String] = []
    @Option(
        help: .init(
            "The verification_id of an accepted `verify`. Scope `administer` needs none.", valueName: "verification-id")
    ) var proof = ""
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func call(_ client: CountersignClient, tenant: String) async throws -> ReportLostResponse {
        try await client.recovery.reportLost(
            .with {
                $0.tenant = tenant
                $0.subject = subject
                $0.factorIds = factorIDs
                $0.verificationID = proof
            })
    }
}
