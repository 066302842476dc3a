import ArgumentParser
import CountersignClient

struct Recover: ServerCommand {
    static let configuration = CommandConfiguration(
        abstract: "Get back in with a backup code, which is spent by it.",
        discussion: "The verification_id of the answer proves the person to `enroll totp --proof` for 5 minutes.")

    @Argument(help: "The person, by your own id.") var subject: String
    @Argument(help: "A backup code, hyphens and case as you like; - reads it from standard input.")
    var backupCode: String
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func call(_ client: CountersignClient, tenant: String) async throws -> VerifyResponse {
        let code = try SecretArgument.read(backupCode)
        return try await client.verification.verify(
            .with {
                $0.tenant = tenant
                $0.subject = subject
                $0.kind = .backupCodes
                $0.code = code
            })
    }
}
