import ArgumentParser
import CountersignClient

struct EnrollPush: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "push",
        abstract: "A device that answers questions. Draws the QR code when standard error is a terminal.",
        discussion: """
            The answer holds the pairing_uri, which the device reads: `authenticator pair` does. Show it to the person \
            and to nobody else. The PNG in it is left out here; --png writes it.
            """)

    @Argument(help: "The person, by your own id.") var subject: String
    @Option(help: "A name for people, for example \"Alice's phone\".") var name = ""
    @Option(help: "The account shown on the device; the subject's account name, else the subject.") var account = ""
    @Option(help: .init("Needed when the subject has a factor already.", valueName: "verification-id")) var proof = ""
    @OptionGroup var picture: QRCodeOptions
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    static let omittedMembers: Set<String> = ["qr_png"]

    func call(_ client: CountersignClient, tenant: String) async throws -> StartEnrollmentResponse {
        try await client.enrollment.startEnrollment(
            .with {
                $0.tenant = tenant
                $0.subject = subject
                $0.kind = .push
                $0.factorName = name
                $0.accountName = account
                $0.verificationID = proof
            })
    }

    func received(_ answer: inout StartEnrollmentResponse) throws {
        try picture.show(answer.push.pairingUri, image: answer.push.qrPng)
    }
}
