import ArgumentParser
import CountersignClient

struct Enroll: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Start a factor: the person sets up their authenticator, then `activate` proves it.",
        subcommands: [EnrollTOTP.self, EnrollHOTP.self, EnrollSMS.self, EnrollEmail.self, EnrollPush.self])
}

struct EnrollTOTP: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "totp",
        abstract: "An authenticator app. Draws the QR code when standard error is a terminal.",
        discussion: """
            The answer holds the secret: show it to the person and to nobody else. The PNG in it is left out here; \
            --png writes it.
            """)

    @Argument(help: "The person, by your own id.") var subject: String
    @Option(help: "A name for people, for example \"Alice's phone\".") var name = ""
    @Option(help: "The account shown in the app; the subject's account name, else the subject.") var account = ""
    @Option(help: .init("Needed when the subject has a factor already.", valueName: "verification-id")) var proof = ""
    @Option(help: "sha1, sha256 or sha512; many apps know sha1 alone.") var algorithm: Algorithm?
    @Option(help: "6 or 8; many apps know 6 alone.") var digits: UInt32?
    @Option(help: .init("Seconds a code lives; many apps know 30 alone.", valueName: "seconds")) var period: UInt32?
    @OptionGroup var picture: QRCodeOptions
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    static let omittedMembers: Set<String> = ["qr_png"]

    func call(_ client: CountersignClient, tenant: String) async throws -> StartEnrollmentResponse {
        try await client.enrollment.startEnrollment(
            .with {
                $0.tenant = tenant
                $0.subject = subject
                $0.kind = .totp
                $0.factorName = name
                $0.accountName = account
                $0.verificationID = proof
                if let algorithm { $0.totp.algorithm = algorithm.value }
                if let digits { $0.totp.digits = digits }
                if let period { $0.totp.periodSeconds = period }
            })
    }

    func received(_ answer: inout StartEnrollmentResponse) throws {
        try picture.show(answer.totp.otpauthUri, image: answer.totp.qrPng)
    }

    enum Algorithm: String, ExpressibleByArgument, CaseIterable {
        case sha1
        case sha256
        case sha512

        var value: Countersign_V1_HashAlgorithm {
            switch self {
            case .sha1: .sha1
            case .sha256: .sha256
            case .sha512: .sha512
            }
        }
    }
}
