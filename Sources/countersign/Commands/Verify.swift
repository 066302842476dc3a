import ArgumentParser
import CountersignClient

struct Verify: ServerCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check a code and spend it. Exit status 0 when it is accepted, 1 for every other verdict.")

    @Argument(help: "The person, by your own id.") var subject: String
    @Argument(help: "The code; - reads it from standard input.") var code: String
    @Option(help: .init("Check against this factor alone.", valueName: "factor-id")) var factor: String?
    @Option(help: "Check against the factors of a kind: totp or backup-codes; totp unless --factor is given.")
    var kind: Kind?
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    enum Kind: String, ExpressibleByArgument, CaseIterable {
        case totp
        case backupCodes = "backup-codes"
    }

    func validate() throws {
        if factor != nil, kind != nil { throw ValidationError("--factor and --kind exclude each other") }
    }

    func call(_ client: CountersignClient, tenant: String) async throws -> VerifyResponse {
        let code = try SecretArgument.read(code)
        return try await client.verification.verify(
            .with {
                $0.tenant = tenant
                $0.subject = subject
                $0.code = code
                if let factor {
                    $0.factorID = factor
                } else {
                    $0.kind = kind == .backupCodes ? .backupCodes : .totp
                }
            })
    }
}
