import ArgumentParser
import CountersignClient

/// Where a person is, as the policy wants to know it.
struct SignalOptions: ParsableArguments {
    @Option(name: .customLong("device-token"), help: .init("The token of a remembered device.", valueName: "token"))
    var deviceToken = ""
    @Option(help: .init("Your own name for the person's device.", valueName: "text")) var fingerprint = ""
    @Option(name: .customLong("ip"), help: .init("The person's IP address.", valueName: "address"))
    var networkAddress = ""
    @Option(name: .customLong("place"), help: .init("Where that is, for example CH/Zurich.", valueName: "text"))
    var place = ""
    @Option(name: .customLong("asn"), help: .init("The number of the autonomous system.", valueName: "number"))
    var autonomousSystem: UInt32 = 0
    @Option(help: .init("The person's user agent.", valueName: "text")) var userAgent = ""
    @Option(help: .init("Your own risk score, 1 to 100.", valueName: "score")) var risk: Int32 = 0

    var message: Signals {
        .with {
            $0.deviceToken = deviceToken
            $0.deviceFingerprint = fingerprint
            $0.networkAddress = networkAddress
            $0.location = place
            $0.autonomousSystem = autonomousSystem
            $0.userAgent = userAgent
            $0.riskScore = risk
        }
    }
}
