import ArgumentParser
import CountersignClient

struct Events: ServerCommand {
    static let configuration = CommandConfiguration(
        abstract: "What was decided, oldest first, a page at a time: go on with --after NEXT_CURSOR.")

    @Option(help: "Of this subject only.") var subject = ""
    @Option(help: .init("The next_cursor of the page before.", valueName: "cursor")) var after = ""
    @Option(help: "Events a page, at most 500; 100 unless given.") var pageSize: UInt32 = 0
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func call(_ client: CountersignClient, tenant: String) async throws -> ListEventsResponse {
        try await client.audit.listEvents(
            .with {
                $0.tenant = tenant
                $0.subject = subject
                $0.after = after
                $0.pageSize = pageSize
            })
    }
}
