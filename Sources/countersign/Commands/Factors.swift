import ArgumentParser
import CountersignClient

struct Factors: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List a subject's factors; name, suspend, resume or end one.",
        usage: """
            countersign factors <subject> [--all]
            countersign factors rename|suspend|resume|revoke <subject> <factor-id> …
            """,
        subcommands: [
            FactorsList.self, FactorsRename.self, FactorsSuspend.self, FactorsResume.self, FactorsRevoke.self,
        ],
        defaultSubcommand: FactorsList.self)
}

struct FactorsList: ServerCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "All factors, oldest first.")

    @Argument(help: "The person, by your own id.") var subject: String
    @Flag(help: "Ended ones too.") var all = false
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func call(_ client: CountersignClient, tenant: String) async throws -> ListFactorsResponse {
        try await client.enrollment.listFactors(
            .with {
                $0.tenant = tenant
                $0.subject = subject
                $0.includeEnded = all
            })
    }
}

struct FactorsRename: ServerCommand {
    static let configuration = CommandConfiguration(commandName: "rename", abstract: "Give a factor another name.")

    @Argument(help: "The person, by your own id.") var subject: String
    @Argument(help: "The factor.") var factorID: String
    @Argument(help: "Its name; empty to have none.") var name: String
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func call(_ client: CountersignClient, tenant: String) async throws -> RenameFactorResponse {
        try await client.enrollment.renameFactor(
            .with {
                $0.tenant = tenant
                $0.subject = subject
                $0.factorID = factorID
                $0.name = name
            })
    }
}

struct FactorsSuspend: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "suspend", abstract: "Stop a factor from proving anything until `resume`.")

    @Argument(help: "The person, by your own id.") var subject: String
    @Argument(help: "The factor.") var factorID: String
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func call(_ client: CountersignClient, tenant: String) async throws -> SuspendFactorResponse {
        try await client.enrollment.suspendFactor(
            .with {
                $0.tenant = tenant
                $0.subject = subject
                $0.factorID = factorID
            })
    }
}

struct FactorsResume: ServerCommand {
    static let configuration = CommandConfiguration(commandName: "resume", abstract: "Bring a suspended factor back.")

    @Argument(help: "The person, by your own id.") var subject: String
    @Argument(help: "The factor.") var factorID: String
    @Option(help: .init("The verification_id of an accepted `verify`.", valueName: "verification-id")) var proof = ""
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func call(_ client: CountersignClient, tenant: String) async throws -> ResumeFactorResponse {
        try await client.enrollment.resumeFactor(
            .with {
                $0.tenant = tenant
                $0.subject = subject
                $0.factorID = factorID
                $0.verificationID = proof
            })
    }
}

struct FactorsRevoke: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "End a factor for good; its secret is wiped.")

    @Argument(help: "The person, by your own id.") var subject: String
    @Argument(help: "The factor.") var factorID: String
    @Option(help: .init("The verification_id of an accepted `verify`.", valueName: "verification-id")) var proof = ""
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func call(_ client: CountersignClient, tenant: String) async throws -> RevokeFactorResponse {
        try await client.enrollment.revokeFactor(
            .with {
                $0.tenant = tenant
                $0.subject = subject
                $0.factorID = factorID
                $0.verificationID = proof
            })
    }
}
