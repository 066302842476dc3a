import ArgumentParser
import Foundation
import MFADomain

struct Code: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the TOTP code of a secret, as an authenticator would show it.",
        discussion: "For tests and scripts; needs no server. Prints what `oathtool --totp -b` prints.")

    @Argument(help: "A base32 secret or an otpauth:// URI; - reads it from standard input.")
    var secret: String
    @Option(help: .init("Moment to compute for; now unless given.", valueName: "unix-seconds")) var at: Int64?
    @Option(help: "sha1, sha256 or sha512; sha1 unless the URI says otherwise.") var algorithm: Algorithm?
    @Option(help: "6 or 8; 6 unless the URI says otherwise.") var digits: Int?
    @Option(help: .init("Seconds a code lives; 30 unless the URI says otherwise.", valueName: "seconds"))
    var period: Int?

    func run() throws {
        let given = try SecretArgument.read(secret)
        var password =
            try given.lowercased().hasPrefix("otpauth:")
            ? OneTimePassword(uri: given) : OneTimePassword(base32: given)
        guard password.kind == .totp else {
            throw Complaint(
                "an otpauth URI of another kind than totp",
                hint: "a counter has to be kept: countersign authenticator add, then code")
        }
        if let algorithm { password.algorithm = algorithm.value }
        if let digits { password.digits = digits }
        if let period { password.periodSeconds = period }
        Standard.output(try password.code(at: at ?? Int64(Date().timeIntervalSince1970)))
    }

    enum Algorithm: String, ExpressibleByArgument, CaseIterable {
        case sha1
        case sha256
        case sha512

        init(_ value: HashAlgorithm) {
            self =
                switch value {
                case .sha1: .sha1
                case .sha256: .sha256
                case .sha512: .sha512
                }
        }

        var value: HashAlgorithm {
            switch self {
            case .sha1: .sha1
            case .sha256: .sha256
            case .sha512: .sha512
            }
        }
    }
}
