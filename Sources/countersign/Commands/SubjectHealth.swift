import ArgumentParser
import CountersignClient
import Foundation

struct SubjectHealth: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health",
        abstract: "Subjects of the tenant whose factors want attention.",
        discussion: """
            A line for each, then one that counts them. With --json a line of JSON for each on standard output, in \
            the words of FactorHealth in the .proto, and the counts on standard error.
            """)

    @Option(help: "Only those with this finding; may recur.") var only: [Finding] = []
    @Option(help: .init("Days without use that make a factor unused; 90 unless given.", valueName: "days"))
    var unusedDays: UInt32 = 0
    @Flag(help: "Lines of JSON.") var json = false
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    enum Finding: String, ExpressibleByArgument, CaseIterable {
        case noFactor = "no-factor"
        case singleFactor = "single-factor"
        case noBackupCodes = "no-backup-codes"
        case fewBackupCodes = "few-backup-codes"
        case unusedFactor = "unused-factor"
        case lockedFactor = "locked-factor"

        var message: FactorFinding {
            switch self {
            case .noFactor: .noFactor
            case .singleFactor: .singleFactor
            case .noBackupCodes: .noBackupCodes
            case .fewBackupCodes: .fewBackupCodes
            case .unusedFactor: .unusedFactor
            case .lockedFactor: .lockedFactor
            }
        }
    }

    func run() async throws {
        let settings = try connection.settings()
        let counts = try await settings.withClient { try await list($0, tenant: settings.tenant) }
        if json { Standard.error(counts.text) } else { Standard.output(counts.text) }
    }

    private func list(_ client: CountersignClient, tenant: String) async throws -> Counts {
        var counts = Counts()
        var token = ""
        repeat {
            let page = try await client.subjects.listFactorHealth(
                .with {
                    $0.tenant = tenant
                    $0.pageSize = 500
                    $0.pageToken = token
                    $0.findings = only.map(\.message)
                    $0.unusedDays = unusedDays
                })
            for health in page.subjects {
                Standard.output(json ? try AnswerJSON.of(health).line : Self.line(health))
            }
            counts.add(page)
            token = page.nextPageToken
        } while !token.isEmpty
        return counts
    }

    /// For people.
    private static func line(_ health: FactorHealth) -> String {
        let parts = health.findings.flatMap { finding -> [String] in
            switch finding {
            case .noFactor: ["no factor"]
            case .singleFactor: ["one factor"]
            case .noBackupCodes: ["no backup codes"]
            case .fewBackupCodes: ["\(health.backupCodesLeft) backup codes left"]
            case .unusedFactor: health.ailing.filter(\.unused).map(unused)
            case .lockedFactor: health.ailing.filter(\.locked).map { "\(name($0.kind)) locked (\($0.factorID))" }
            case .unspecified, .UNRECOGNIZED: []
            }
        }
        return "\(JSONValue.string(health.subject).text()): \(parts.joined(separator: ", "))"
    }

    private static func unused(_ factor: AilingFactor) -> String {
        let moment = Date(timeIntervalSince1970: Double(factor.lastUsedAtUnixMs) / 1000)
        let since = "since \(moment.formatted(.iso8601.year().month().day()))"
        return "\(name(factor.kind)) \(factor.neverUsed ? "never used" : "unused") \(since) (\(factor.factorID))"
    }

    private static func name(_ kind: FactorKind) -> String {
        switch kind {
        case .totp: "TOTP"
        case .hotp: "HOTP"
        case .sms: "SMS"
        case .email: "e-mail"
        case .push: "push"
        case .backupCodes: "backup codes"
        case .temporaryAccessCode: "temporary access code"
        case .unspecified, .UNRECOGNIZED: "factor"
        }
    }

    /// How many of the subjects that were looked at have which finding.
    private struct Counts {
        private var lookedAt = 0
        private var listed = 0
        private var findings: [FactorFinding: Int] = [:]

        mutating func add(_ page: ListFactorHealthResponse) {
            lookedAt += Int(page.lookedAt)
            listed += page.subjects.count
            for finding in page.subjects.flatMap(\.findings) { findings[finding, default: 0] += 1 }
        }

        var text: String {
            let parts = Finding.allCases.compactMap { finding in
                findings[finding.message].map { "\($0) \(finding.rawValue)" }
            }
            return "\(listed) of \(lookedAt) subjects" + (parts.isEmpty ? "" : ": \(parts.joined(separator: ", "))")
        }
    }
}
