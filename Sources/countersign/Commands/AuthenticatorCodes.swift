import ArgumentParser
import Foundation

struct AuthenticatorAdd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Keep the secret of a TOTP or HOTP factor.")

    @Argument(help: "An otpauth:// URI; - reads it from standard input.") var uri: String
    @Option(help: "What `code` knows it by; the label in the URI unless given.") var name: String?
    @OptionGroup var options: AuthenticatorOptions

    func run() throws {
        let password = try OneTimePassword(uri: try SecretArgument.read(uri))
        let secret = KeptSecret(password, name: name ?? password.label)
        guard !secret.name.isEmpty else { throw Complaint("the secret has no name", hint: "give it one with --name") }
        try options.file().update { contents in
            guard !contents.secrets.contains(where: { $0.name == secret.name }) else {
                throw Complaint("there is a secret named \(secret.name)", hint: "give this one another --name")
            }
            contents.secrets.append(secret)
        }
        Standard.output(secret.summary.text())
    }
}

struct AuthenticatorCode: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "code", abstract: "Print the code of a secret that is kept.",
        discussion: """
            A counter moves forward with each code and is saved before it is printed: no code is ever shown twice.
            """)

    @Argument(help: "The secret; not needed when there is only one.") var name: String?
    @Option(help: .init("Moment to compute for, TOTP; now unless given.", valueName: "unix-seconds")) var at: Int64?
    @OptionGroup var options: AuthenticatorOptions

    func run() throws {
        let moment = at ?? Int64(Date().timeIntervalSince1970)
        let code = try options.file().update { contents in
            let index = try contents.secretIndex(name)
            return try contents.secrets[index].code(at: moment)
        }
        Standard.output(code)
    }
}

struct AuthenticatorAccounts: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accounts", abstract: "What is kept, without its secrets.")

    @OptionGroup var options: AuthenticatorOptions

    func run() throws {
        let contents = try options.file().read()
        Standard.output(
            JSONValue.object([
                "devices": .array(contents.devices.map(\.summary)),
                "secrets": .array(contents.secrets.map(\.summary)),
            ]).text())
    }
}

struct AuthenticatorRemove: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Throw a secret or a device's key away. The server is not told.")

    @Argument(help: "The name of a secret, or the factor of a device.") var name: String
    @OptionGroup var options: AuthenticatorOptions

    func run() throws {
        let removed = try options.file().update { contents -> JSONValue in
            if let index = contents.devices.firstIndex(where: { $0.factor == name }) {
                return contents.devices.remove(at: index).summary
            }
            if let index = contents.secrets.firstIndex(where: { $0.name == name }) {
                return contents.secrets.remove(at: index).summary
            }
            throw Complaint("nothing named \(name) is kept", hint: "countersign authenticator accounts")
        }
        Standard.output(removed.text())
    }
}

extension PairedDevice {
    fileprivate var summary: JSONValue {
        .object([
            "app": .string(app), "account": .string(account), "tenant": .string(tenant), "subject": .string(subject),
            "factor_id": .string(factor), "model": .string(model), "channel": .string(channel),
            "paired": .bool(registration == nil),
        ])
    }
}

extension KeptSecret {
    fileprivate var summary: JSONValue {
        let moving: JSONValue.Member =
            switch kind {
            case .totp: .init(name: "period_seconds", value: .number("\(period)"))
            case .hotp: .init(name: "counter", value: .string("\(counter)"))
            }
        return .object([
            .init(name: "name", value: .string(name)), .init(name: "kind", value: .string(kind.rawValue)),
            .init(name: "algorithm", value: .string(algorithm)), .init(name: "digits", value: .number("\(digits)")),
            moving,
        ])
    }
}
