import ArgumentParser
import CountersignClient

struct RecoveryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recovery",
        abstract: "Let a person back in who lost every factor: two operators, a code for the person, a new factor.",
        subcommands: [
            RecoveryStart.self, RecoveryApprove.self, RecoveryCancel.self, RecoveryComplete.self, RecoveryShow.self,
        ])
}

struct RecoveryStart: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "start", abstract: "Begin, as the operator who saw who it is. The person is told at once.")

    @Argument(help: "The person, by your own id.") var subject: String
    @Option(help: .init("Who you are.", valueName: "name")) var `operator`: String
    @Option(help: .init("Why. Kept in the audit: name nobody.", valueName: "text")) var reason: String
    @Option(help: .init("Where the proof of identity is filed, for example a ticket.", valueName: "text"))
    var evidence: String
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func call(_ client: CountersignClient, tenant: String) async throws -> StartRecoveryResponse {
        try await client.recovery.startRecovery(
            .with {
                $0.tenant = tenant
                $0.subject = subject
                $0.operator = self.operator
                $0.reason = reason
                $0.evidence = evidence
            })
    }
}

struct RecoveryApprove: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve",
        abstract: "Agree, as another operator. The person gets a recovery code; once more, and it is another one.")

    @Argument(help: "The person, by your own id.") var subject: String
    @Argument(help: "The recovery, as `start` answered.") var recoveryID: String
    @Option(help: .init("Who you are; not who started it.", valueName: "name")) var `operator`: String
    @OptionGroup var delivery: AccessCodeOptions
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func call(_ client: CountersignClient, tenant: String) async throws -> ApproveRecoveryResponse {
        try await client.recovery.approveRecovery(
            .with {
                $0.tenant = tenant
                $0.subject = subject
                $0.recoveryID = recoveryID
                $0.operator = self.operator
                $0.delivery = delivery.delivery
                $0.sendTo = delivery.addressKind
            })
    }
}

struct RecoveryCancel: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Stop a recovery: as an operator, with the code of the notice, or by a proof.")

    @Argument(help: "The person, by your own id.") var subject: String
    @Option(help: .init("Who you are.", valueName: "name")) var `operator` = ""
    @Option(help: .init("The code of the notice; - reads it from standard input.", valueName: "code")) var veto = ""
    @Option(help: .init("The verification_id of an accepted `verify`.", valueName: "verification-id")) var proof = ""
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func validate() throws {
        guard [self.operator, veto, proof].count(where: { !$0.isEmpty }) == 1 else {
            throw ValidationError("--operator, --veto or --proof is needed, and one of them alone")
        }
    }

    func call(_ client: CountersignClient, tenant: String) async throws -> CancelRecoveryResponse {
        let veto = try SecretArgument.read(veto)
        return try await client.recovery.cancelRecovery(
            .with {
                $0.tenant = tenant
                $0.subject = subject
                $0.operator = self.operator
                $0.vetoCode = veto
                $0.verificationID = proof
            })
    }
}

struct RecoveryComplete: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "complete",
        abstract: "Show the recovery code; the answer's verification_id starts a new factor: `enroll totp --proof`.")

    @Argument(help: "The person, by your own id.") var subject: String
    @Argument(help: "The code, hyphens and case as you like; - reads it from standard input.") var code: String
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func call(_ client: CountersignClient, tenant: String) async throws -> CompleteRecoveryResponse {
        let code = try SecretArgument.read(code)
        return try await client.recovery.completeRecovery(
            .with {
                $0.tenant = tenant
                $0.subject = subject
                $0.code = code
            })
    }
}

struct RecoveryShow: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "The recovery as it stands, or the last one.")

    @Argument(help: "The person, by your own id.") var subject: String
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func call(_ client: CountersignClient, tenant: String) async throws -> GetRecoveryResponse {
        try await client.recovery.getRecovery(
            .with {
                $0.tenant = tenant
                $0.subject = subject
            })
    }
}

/// The flags of every command that makes an access code.
struct AccessCodeOptions: ParsableArguments {
    @Option(help: "Send the code to an address of this kind; e-mail where there is one, else a telephone.")
    var sendTo: Kind?
    @Flag(help: "Send nothing: the answer has the code, for the person alone. Needs scope `return-code`.")
    var returnCode = false

    enum Kind: String, ExpressibleByArgument, CaseIterable {
        case email, phone
    }

    func validate() throws {
        if returnCode, sendTo != nil { throw ValidationError("--send-to and --return-code exclude each other") }
    }

    var delivery: Delivery { returnCode ? .returnCode : .unspecified }

    var addressKind: AddressKind {
        switch sendTo {
        case .email: .email
        case .phone: .phone
        case nil: .unspecified
        }
    }
}
