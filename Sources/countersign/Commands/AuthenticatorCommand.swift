import ArgumentParser
import Foundation

struct AuthenticatorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "authenticator",
        abstract: "Play a person's authenticator: answer push challenges, show codes. For tests and as an example.",
        discussion: """
            The reference for authors of apps (proto/PUSH.md). It is the device and the back end that relays for it: \
            the connection is a caller's, with scope `enroll` for pairing and `relay` for the rest. The tenant is that \
            of the pairing.

            Keys are kept in one file, for your eyes alone: --file, else COUNTERSIGN_AUTHENTICATOR, else \
            ./var/authenticator.json where ./var exists, else ~/.config/countersign/authenticator.json. They are not \
            encrypted: a real authenticator has its keys in hardware.
            """,
        subcommands: [
            AuthenticatorPair.self, AuthenticatorList.self, AuthenticatorApprove.self, AuthenticatorDeny.self,
            AuthenticatorAdd.self, AuthenticatorCode.self, AuthenticatorAccounts.self, AuthenticatorRemove.self,
        ])
}

/// The flag of every command that works with what the authenticator keeps.
struct AuthenticatorOptions: ParsableArguments {
    @Option(name: .customLong("file"), help: .init("Where the keys are kept.", valueName: "file"))
    var path: String?

    func file() throws -> AuthenticatorFile {
        try .locate(path, environment: ProcessInfo.processInfo.environment)
    }
}
