import ArgumentParser
import CountersignClient
import Foundation

struct PolicyRehearse: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rehearse",
        abstract: "What a proposed policy file would change for everybody in the tenant. Changes nothing.",
        discussion: """
            Every subject is asked for a sign-in on a known device, one on a new device in a new place, a sensitive \
            action, and for what the audit has recorded of it, under the policy in force and under the proposed one. \
            Numbers are of subjects: 7→9 is 7 in force and 9 proposed. Who is answered differently in different \
            situations is in more than one column.

            Exit status 0 when no limit that was given is exceeded, 1 when one is; 3 when the server refuses the file, \
            and as everywhere.
            """)

    @Argument(help: .init("The proposed policy file.", valueName: "new.yaml")) var file: String
    @Option(help: .init("Subjects that may newly be denied something.", valueName: "number")) var maxBlocked: UInt64?
    @Option(help: .init("Subjects that may be told to enroll where another answer is in force.", valueName: "number"))
    var maxEnroll: UInt64?
    @Option(
        help: .init(
            "Subjects that may be answered PROMPT or REQUIRE where another answer, a stricter one too, is in force.",
            valueName: "number"))
    var maxAsked: UInt64?
    @Option(help: .init("A group of administrators, who are counted apart; may recur. admins unless given."))
    var administrators: [String] = []
    @Option(help: .init("How many of the newest events to search for evaluations; 100000 unless given."))
    var maxEvents: UInt32 = 0
    @Flag(help: "Print the answer of the server instead of tables.") var json = false
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    private static let waitSeconds: Int64 = 2

    func run() async throws {
        let policy = try TextInput.file(file)
        var settings = try connection.settings()
        settings.client.timeout += .seconds(Self.waitSeconds)
        let tenant = settings.tenant
        let rehearsal = try await settings.withClient { try await rehearse(policy, $0, tenant: tenant) }
        switch rehearsal.state {
        case .done: break
        case .cancelled: throw Complaint("the server stopped in the middle of it", status: .noAnswer)
        default: throw Complaint("the server could not do it; its log says why", status: .fault)
        }
        if json {
            Standard.output(try AnswerJSON.of(rehearsal).text())
        } else {
            Standard.output(RehearsalTables(rehearsal).text)
        }
        if try exceedsLimit(rehearsal) { throw NegativeVerdict() }
        let hasLimit = [maxBlocked, maxEnroll, maxAsked].contains { $0 != nil }
        if hasLimit, rehearsal.subjectsUnreadable > 0 {
            throw Complaint("\(rehearsal.subjectsUnreadable) subjects could not be read", status: .fault)
        }
    }

    private func rehearse(_ policy: String, _ client: CountersignClient, tenant: String) async throws -> Rehearsal {
        var rehearsal = try await client.policy.startRehearsal(
            .with {
                $0.tenant = tenant
                $0.policy = policy
                $0.administratorGroups = administrators
                $0.maxEvents = maxEvents
            }
        ).rehearsal
        while rehearsal.state == .running {
            let id = rehearsal.rehearsalID
            rehearsal = try await client.policy.getRehearsal(
                .with {
                    $0.tenant = tenant
                    $0.rehearsalID = id
                    $0.waitMs = Self.waitSeconds * 1000
                }
            ).rehearsal
            if rehearsal.state == .running, Standard.isErrorTerminal {
                Standard.error("\(rehearsal.subjectsDone) of \(rehearsal.subjectsTotal) subjects")
            }
        }
        return rehearsal
    }

    private func exceedsLimit(_ rehearsal: Rehearsal) throws -> Bool {
        // Whoever is asked by PROMPT here and by REQUIRE there is counted twice: the limit is kept all the more.
        let counts: [(UInt64?, (AnswerCounts) -> UInt64)] = [
            (maxBlocked, \.deny), (maxEnroll, \.enroll), (maxAsked, { $0.prompt + $0.require }),
        ]
        return counts.contains { limit, count in
            limit.map { limit in rehearsal.totals.reduce(0) { $0 + count($1.changed) } > limit } ?? false
        }
    }
}
