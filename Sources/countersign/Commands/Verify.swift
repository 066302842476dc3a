import ArgumentParser
import CountersignClient

struct Verify: ServerCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Check a code, or an approval, and spend it. Exit status 0 when it is accepted, 1 for every other verdict.")

    @Argument(help: "The person, by your own id.") var subject: String
    @Argument(help: "The code; - reads it from standard input. Not needed for a push challenge.") var code: String?
    @Option(help: .init("Check against this factor alone.", valueName: "factor-id")) var factor: String?
    @Option(help: "Check against the factors of a kind; totp unless --factor or --challenge is given.") var kind: Kind?
    @Option(help: .init("Check the code, or the approval, of this challenge.", valueName: "challenge-id"))
    var challenge: String?
    @Option(help: .init("What the proof is for, as it was told to `evaluate`.", valueName: "name")) var action = ""
    @Option(help: .init("With --action: who the receipt is for; this caller by default.", valueName: "name"))
    var audience = ""
    @OptionGroup(title: "Signals") var signals: SignalOptions
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    enum Kind: String, ExpressibleByArgument, CaseIterable {
        case totp
        case hotp
        case sms
        case email
        case push
        case backupCodes = "backup-codes"
        case accessCode = "access-code"

        var value: FactorKind {
            switch self {
            case .totp: .totp
            case .hotp: .hotp
            case .sms: .sms
            case .email: .email
            case .push: .push
            case .backupCodes: .backupCodes
            case .accessCode: .temporaryAccessCode
            }
        }
    }

    func validate() throws {
        let given = [factor.map { _ in "--factor" }, kind.map { _ in "--kind" }, challenge.map { _ in "--challenge" }]
            .compactMap { $0 }
        if given.count > 1 { throw ValidationError("\(given[0]) and \(given[1]) exclude each other") }
        if code == nil, challenge == nil { throw ValidationError("Missing expected argument '<code>'") }
    }

    func call(_ client: CountersignClient, tenant: String) async throws -> VerifyResponse {
        let code = try code.map(SecretArgument.read) ?? ""
        return try await client.verification.verify(
            .with {
                $0.tenant = tenant
                $0.subject = subject
                $0.code = code
                $0.action = action
                $0.audience = audience
                $0.signals = signals.message
                if let factor {
                    $0.factorID = factor
                } else if let challenge {
                    $0.challengeID = challenge
                } else {
                    $0.kind = (kind ?? .totp).value
                }
            })
    }
}
