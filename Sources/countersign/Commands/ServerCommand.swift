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
    /// The verdict that is exit status 0.
    static var goodVerdict: Verdict { get }
    /// How long the server may wait before it answers, beyond what a call takes.
    var wait: Duration { get }
}

extension ServerCommand {
    static var omittedMembers: Set<String> { [] }
    static var goodVerdict: Verdict { .good(in: Answer.protoMessageName) }
    var wait: Duration { .zero }

    func received(_ answer: inout Answer) throws {}

    func run() async throws {
        let field = try output.field.map { try FieldPath($0, in: Answer.protoMessageName) }
        var settings = try connection.settings()
        settings.client.timeout += wait
        let tenant = settings.tenant
        var answer = try await settings.withClient { try await call($0, tenant: tenant) }
        try received(&answer)
        try output.show(
            AnswerJSON.of(answer).without(Self.omittedMembers), field: field, goodVerdict: Self.goodVerdict)
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
    func show(_ answer: JSONValue, field: FieldPath?, goodVerdict: Verdict) throws {
        let isNegative = answer.isNegative(goodVerdict: goodVerdict)
        do {
            Standard.output(try field.map { try $0.value(in: answer).raw } ?? answer.text())
        } catch  where isNegative {
            // The field that an accepted proof would have brought; the status says why it is not there.
        }
        if isNegative { throw NegativeVerdict() }
    }
}

extension Verdict {
    /// What an answer of this kind says when it is no negative one.
    static func good(in messageName: String) -> Verdict {
        let beginnings = [StartEnrollmentResponse.protoMessageName, StartChallengeResponse.protoMessageName]
        // What only begins has proven nothing yet.
        return beginnings.contains(messageName) ? .unspecified : .accepted
    }

    /// As in the .proto.
    fileprivate var name: String {
        ProtoCatalogue.shared.enumeration("countersign.v1.Verdict")?.descriptor.value
            .first { Int($0.number) == rawValue }?.name ?? ""
    }
}

extension JSONValue {
    /// True of another verdict than this, and of what the policy does not simply allow.
    fileprivate func isNegative(goodVerdict good: Verdict) -> Bool {
        guard case .object(let members) = self else { return false }
        if let verdict = members.first(where: { $0.name == "verdict" }) { return verdict.value != .string(good.name) }
        if let requirement = members.first(where: { $0.name == "requirement" }) {
            return requirement.value != .string("REQUIREMENT_ALLOW")
        }
        return false
    }

    fileprivate func without(_ names: Set<String>) -> JSONValue {
        guard !names.isEmpty, case .object(let members) = self else { return self }
        return .object(
            members.filter { !names.contains($0.name) }.map { .init(name: $0.name, value: $0.value.without(names)) })
    }
}
