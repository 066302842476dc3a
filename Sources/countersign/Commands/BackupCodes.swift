import ArgumentParser
import CountersignClient

struct BackupCodes: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make new backup codes, or count those that are left.",
        subcommands: [BackupCodesGenerate.self, BackupCodesStatus.self])
}

struct BackupCodesGenerate: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate", abstract: "Ten new codes, shown once. The old ones end at once.")

    @Argument(help: "The person, by your own id.") var subject: String
    @Option(help: .init("The verification_id of an accepted `verify`.", valueName: "verification-id")) var proof = ""
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func call(_ client: CountersignClient, tenant: String) async throws -> GenerateBackupCodesResponse {
        try await client.recovery.generateBackupCodes(
            .with {
                $0.tenant = tenant
                $0.subject = subject
                $0.verificationID = proof
            })
    }
}

struct BackupCodesStatus: ServerCommand {
    static let configuration = CommandConfiguration(commandName: "status", abstract: "How many codes are left.")

    @Argument(help: "The person, by your own id.") var subject: String
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func call(_ client: CountersignClient, tenant: String) async throws -> GetBackupCodeStatusResponse {
        try await client.recovery.getBackupCodeStatus(
            .with {
                $0.tenant = tenant
                $0.subject = subject
            })
    }
}
