import ArgumentParser
import CountersignClient

struct Devices: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Devices that a person asked to remember.",
        subcommands: [DevicesTrust.self, DevicesList.self, DevicesForget.self])
}

struct DevicesTrust: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "trust", abstract: "Remember a device. It keeps the token and shows it to `evaluate`.")

    @Argument(help: "The person, by your own id.") var subject: String
    @Option(help: .init("The verification_id of an accepted `verify`.", valueName: "verification-id"))
    var proof: String
    @Option(help: .init("A name for people.", valueName: "text")) var name = ""
    @OptionGroup(title: "Signals") var signals: SignalOptions
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func call(_ client: CountersignClient, tenant: String) async throws -> TrustDeviceResponse {
        try await client.policy.trustDevice(
            .with {
                $0.tenant = tenant
                $0.subject = subject
                $0.verificationID = proof
                $0.name = name
                $0.signals = signals.message
            })
    }
}

struct DevicesList: ServerCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "The devices, oldest first.")

    @Argument(help: "The person, by your own id.") var subject: String
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func call(_ client: CountersignClient, tenant: String) async throws -> ListTrustedDevicesResponse {
        try await client.policy.listTrustedDevices(
            .with {
                $0.tenant = tenant
                $0.subject = subject
            })
    }
}

struct DevicesForget: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "forget", abstract: "End the trust in one device, or in all.")

    @Argument(help: "The person, by your own id.") var subject: String
    @Argument(help: "The device.") var deviceID: String?
    @Flag(help: "All of them.") var all = false
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func validate() throws {
        guard all == (deviceID == nil) else { throw ValidationError("a device-id or --all is needed, and not both") }
    }

    func call(_ client: CountersignClient, tenant: String) async throws -> ForgetDeviceResponse {
        try await client.policy.forgetDevice(
            .with {
                $0.tenant = tenant
                $0.subject = subject
                $0.deviceID = deviceID ?? ""
                $0.all = all
            })
    }
}
