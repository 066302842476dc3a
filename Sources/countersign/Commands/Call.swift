import ArgumentParser
import CountersignClient
import Foundation
import SwiftProtobuf

struct Call: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Call any RPC, JSON in and JSON out.",
        discussion: """
            For example: countersign call VerificationService/Verify \
            '{"tenant": "default", "subject": "alice", "kind": "FACTOR_KIND_TOTP", "code": "123456"}'

            Fields are named as in the .proto, or in camelCase; `countersign describe` shows them. The request is \
            sent as it is written, but for an idempotency key, which is added where there is none. A verdict other \
            than ACCEPTED is exit status 1.
            """)

    @Argument(help: .init("In full, or in short like VerificationService/Verify.", valueName: "service/method"))
    var method: String
    @Argument(help: "The request; @FILE reads it from a file, - from standard input.")
    var json = "{}"
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func run() async throws {
        let method = try ProtoCatalogue.method(method)
        let field = try output.field.map { try FieldPath($0, in: method.responseName) }
        let request = try Self.request(try text(), of: method)
        let client = try await CountersignClient(try connection.settings().client)
        let answer = try await client.call(service: method.service, method: method.name, payload: request)
        await client.shutdown()
        guard let json = try? method.responseToJSON(answer) else {
            throw Complaint("the answer is not a \(method.responseName)", status: .fault)
        }
        try output.show(
            AnswerJSON.make(json: json, messageName: method.responseName), field: field,
            goodVerdict: .good(in: method.responseName))
    }

    private func text() throws -> String {
        if json == "-" { return try Standard.wholeInput() }
        guard json.hasPrefix("@") else { return json }
        let path = String(json.dropFirst())
        do {
            return try String(contentsOf: URL(fileURLWithPath: path), encoding: .utf8)
        } catch {
            throw Complaint("cannot read \(path)")
        }
    }

    static func request(_ json: String, of method: AnyRPCMethod) throws -> [UInt8] {
        do {
            let request = try method.requestFromJSON(json)
            let fields = ProtoCatalogue.shared.message(method.requestName)?.descriptor.field ?? []
            guard fields.contains(where: { $0.name == "idempotency_key" }) else { return request }
            // Two encoded messages in a row are one, and of a field that recurs the last counts: a key that the
            // request has wins over this one.
            return try method.requestFromJSON("{\"idempotency_key\": \"\(UUID().uuidString)\"}") + request
        } catch let error as JSONDecodingError {
            throw Complaint(
                "the request is not a \(method.requestName): \(Self.text(error))",
                hint: "countersign describe \(method.requestName)")
        }
    }

    private static func text(_ error: JSONDecodingError) -> String {
        switch error {
        case .unknownField(let name): "unknown field \(name)"
        case .unrecognizedEnumValue: "an enum value that is not known"
        case .malformedString: "a string was expected"
        case .malformedNumber, .numberRange: "a number was expected, or it is out of range"
        case .malformedBool: "true or false was expected"
        case .trailingGarbage: "something follows the JSON"
        case .truncated: "the JSON is cut off"
        default: "\(error)"
        }
    }
}
