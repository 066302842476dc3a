import ArgumentParser
import CountersignClient
import SwiftProtobuf

/// A command that makes one call and prints the answer.
protocol ServerCommand: AsyncParsableCommand {
    associatedtype Answer: Message

    var connection: ConnectionOptions { get }
    var output: OutputOptions { get }

    func call(_ client: CountersignClient, tenant: String) async throws -> Answer
    /// What else there is to do with an answer, before it is printed.
    func received(_ answer: inout Answer) throws
    /// Members of the JSON that are left out.
    static var omittedMembers: Set<String> { get }
}

extension ServerCommand {
    static var omittedMembers: Set<String> { [] }

    func received(_ answer: inout Answer) throws {}

    func run() async throws {
        let field = try output.field.map { try FieldPath($0, in: Answer.protoMessageName) }
        let settings = try connection.settings()
        let client = try await CountersignClient(settings.client)
        var answer = try await call(client, tenant: settings.tenant)
        await client.shutdown()
        try received(&answer)
        try output.show(AnswerJSON.of(answer).without(Self.omittedMembers), field: field)
    }
}

/// The flags of every command that prints an answer.
struct OutputOptions: ParsableArguments {
    @Option(
        help: .init(
            "Print one field of the answer instead, text without quotes; for example verdict, factors.0.factor_id.",
            valueName: "path"))
    var field: String?

    /// Prints the answer, or the field that was asked for, and ends with the status of its verdict.
    func show(_ answer: JSONValue, field: FieldPath?) throws {
        let isNegative = answer.isNegativeVerdict
        do {
            Standard.output(try field.map { try $0.value(in: answer).raw } ?? answer.text())
        } catch  where isNegative {
            // The field that an accepted proof would have brought; the status says why it is not there.
        }
        if isNegative { throw NegativeVerdict() }
    }
}

extension JSONValue {
    /// An answer with a verdict that is not ACCEPTED.
    fileprivate var isNegativeVerdict: Bool {
        guard case .object(let members) = self, let verdict = members.first(where: { $0.name == "verdict" }) else {
            return false
        }
        return verdict.value != .string("VERDICT_ACCEPTED")
    }

    fileprivate func without(_ names: Set<String>) -> JSONValue {
        guard !names.isEmpty, case .object(let members) = self else { return self }
        return .object(
            members.filter { !names.contains($0.name) }.map { .init(name: $0.name, value: $0.value.without(names)) })
    }
}
