import ArgumentParser
import CountersignClient

struct Activate: ServerCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prove a started factor with its first code. A subject's first factor brings its backup codes.")

    @Argument(help: "The person, by your own id.") var subject: String
    @Argument(help: "The factor, as `enroll` named it.") var factorID: String
    @Argument(help: "The code the authenticator shows; - reads it from standard input.") var code: String
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func call(_ client: CountersignClient, tenant: String) async throws -> ActivateFactorResponse {
        let code = try SecretArgument.read(code)
        return try await client.enrollment.activateFactor(
            .with {
                $0.tenant = tenant
                $0.subject = subject
                $0.factorID = factorID
                $0.code = code
            })
    }
}
