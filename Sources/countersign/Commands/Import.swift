import ArgumentParser
import CountersignClient
import FactorImport
import Foundation
import MFADomain

struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Bring over what people have already: secrets of TOTP and HOTP, hashes of backup codes.",
        discussion: """
            FILE is one of these, told by its first bytes or its name, or by --format:
              uris  an otpauth:// URI or a Google Authenticator export (otpauth-migration://) a line
              csv   with a header of these columns: subject, kind (totp, hotp or backup_codes), secret (base32, or \
            hex:…), account, issuer, algorithm, digits, period, counter, name, hashes (sha256:…;sha256:…)
              pskc  an RFC 6030 key container

            The report has a line of JSON for every entry: imported, skipped, failed or, with --dry-run, would-import. \
            It holds no secret. The exit status is 1 if entries failed; the others are imported. Correct those that \
            failed in a file of their own: a file that was changed is another one, and would be imported whole.

            A run that was interrupted goes on when the same command is run again: a state file says which entries \
            the server has taken, and the server takes no entry twice within a day. Keep the state file until all is \
            done. Standard input cannot be gone on with.

            The server needs `enrollment.allow_existing_secrets: true`, and the caller the scopes `enroll` and, for \
            factors that are active at once, `bind-without-proof`.
            """)

    @Argument(help: "What to import; - is standard input.") var file: String
    @Option(help: "uris, csv or pskc.") var format: Format?
    @Flag(help: "Read and check everything, and say what would be imported. Needs no server.") var dryRun = false
    @Flag(help: "Whether factors can be used at once, or after a first code.") var activation = Activation.active
    @Option(help: .init("Who an entry without a subject belongs to: account, name, or source for nobody."))
    var subjectFrom = ImportPlan.SubjectOrigin.source
    @Flag(help: "Take secrets of 80 to 127 bits, which RFC 4226 forbids.") var allowShortSecrets = false
    @Option(help: .init("Key of an encrypted PSKC file, in hexadecimal.", valueName: "file")) var pskcKeyFile: String?
    @Option(help: .init("Password of an encrypted PSKC file; - asks for it.", valueName: "file"))
    var pskcPasswordFile: String?
    @Option(help: .init("Add the report to this file instead of standard output.", valueName: "file"))
    var report: String?
    @Option(help: .init("What was imported; FILE.import-state unless given.", valueName: "file")) var state: String?
    @Option(help: .init("Calls that are under way at once, 1 to 1000.", valueName: "number")) var inFlight = 64
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case uris, csv, pskc

        var source: ImportSource {
            switch self {
            case .uris: .uris
            case .csv: .csv
            case .pskc: .pskc
            }
        }
    }

    enum Activation: String, EnumerableFlag {
        case active, pending
    }

    func validate() throws {
        guard (1...1000).contains(inFlight) else { throw ValidationError("--in-flight must be 1 to 1000") }
        guard pskcKeyFile == nil || pskcPasswordFile == nil else {
            throw ValidationError("give --pskc-key-file or --pskc-password-file, not both")
        }
        guard [file, pskcKeyFile, pskcPasswordFile].count(where: { $0 == "-" }) <= 1 else {
            throw ValidationError("standard input can be read only once")
        }
    }

    func run() async throws {
        let file = try ImportFile(path: file)
        let source = try format?.source ?? file.detect()
        let reader = FactorReader(source: source, options: try options(source))
        let report = try report.map { try ImportReport(path: $0) } ?? ImportReport(handle: .standardOutput)
        guard !dryRun else {
            return try await run(file, reader, report, tenant: "", call: nil, state: nil)
        }
        let settings = try connection.settings()
        let state = try openState(file, settings)
        let client = try await CountersignClient(settings.client)
        // Before anything is read: a server that cannot be reached now is a matter of the configuration.
        try await client.ping()
        try await run(
            file, reader, report, tenant: settings.tenant, call: ImportCall(channel: client), state: state)
    }

    private func run(
        _ file: ImportFile, _ reader: FactorReader, _ report: ImportReport, tenant: String, call: ImportCall?,
        state: ImportState?
    ) async throws {
        let plan = ImportPlan(
            tenant: tenant, isActive: activation == .active, subjectOrigin: subjectFrom,
            allowShortSecrets: allowShortSecrets, source: file.digest)
        var run = ImportRun(plan: plan, call: call, report: report, state: state, inFlight: inFlight)
        do {
            try await run.run(file, reader)
        } catch {
            if !report.counts.isEmpty { Standard.error(report.summary) }
            throw Self.ending(error, goesOn: state != nil)
        }
        Standard.error(report.summary)
        if report.hasFailures { throw NegativeVerdict() }
    }

    /// What a person is told of the end of a run.
    private static func ending(_ error: any Error, goesOn: Bool) -> any Error {
        switch error {
        case let error as ImportError: return Complaint(error.description, hint: ImportLine.hint(error))
        case let error as CountersignError where goesOn && ExitStatus(error) == .noAnswer:
            return Complaint(
                Ending.text(error), hint: "the same command goes on where this run stopped", status: .noAnswer)
        default: return error
        }
    }

    private func options(_ source: ImportSource) throws -> ImportOptions {
        guard source == .pskc || (pskcKeyFile == nil && pskcPasswordFile == nil) else {
            throw Complaint("a key or password is for PSKC files alone")
        }
        return ImportOptions(
            now: Timestamp(seconds: Int64(Date().timeIntervalSince1970)), allowShortSecrets: allowShortSecrets,
            key: try pskcKeyFile.map(PSKCKeyFile.key) ?? pskcPasswordFile.map(PSKCKeyFile.password))
    }

    private func openState(_ file: ImportFile, _ settings: ClientSettings) throws -> ImportState? {
        guard !file.digest.isEmpty else {
            guard state == nil else { throw Complaint("--state is for files; what is piped in is read only once") }
            return nil
        }
        return try ImportState(
            path: state ?? "\(self.file).import-state", source: file.digest,
            address: "\(settings.client.host):\(settings.client.port)")
    }
}

extension ImportPlan.SubjectOrigin: ExpressibleByArgument {}
