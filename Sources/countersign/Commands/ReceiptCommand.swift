import ArgumentParser
import CountersignClient

struct ReceiptCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "receipt",
        abstract: "What an accepted `verify --action` shows to a third party: its keys, and spending one.",
        subcommands: [ReceiptKeys.self, ReceiptRedeem.self])
}

struct ReceiptKeys: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "The public keys; --field jwks prints them for JWT libraries.")

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func call(_ client: CountersignClient, tenant: String) async throws -> GetReceiptKeysResponse {
        try await client.verification.getReceiptKeys(.with { $0.tenant = tenant })
    }
}

struct ReceiptRedeem: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "redeem", abstract: "Spend a receipt that was made for this caller. Exit status 0 once, then 1.")

    @Argument(help: "The receipt; - reads it from standard input.") var receipt: String
    @Option(help: .init("The action it must be for.", valueName: "name")) var action: String
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func call(_ client: CountersignClient, tenant: String) async throws -> RedeemReceiptResponse {
        let receipt = try SecretArgument.read(receipt)
        return try await client.verification.redeemReceipt(
            .with {
                $0.tenant = tenant
                $0.receipt = receipt
                $0.action = action
            })
    }
}
