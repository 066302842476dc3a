import Foundation
import SwiftProtobuf

/// Answers as JSON by the protobuf JSON mapping, with three choices made: fields are named as in the .proto, they
/// come in the order of their numbers, and a field that has its default value is printed too, so that a count of
/// 0 or an empty list is there to be read. Only a message that is absent is left out.
enum AnswerJSON {
    static func of(_ message: some Message) throws -> JSONValue {
        try make(json: message.jsonString(), messageName: type(of: message).protoMessageName)
    }

    /// From the protobuf JSON of a message.
    static func make(json: String, messageName: String) throws -> JSONValue {
        let parsed = try JSONSerialization.jsonObject(with: Data(json.utf8))
        guard let message = ProtoCatalogue.shared.message(messageName) else { return loose(parsed) }
        return object(parsed as? [String: Any] ?? [:], message)
    }

    private static func object(_ values: [String: Any], _ message: ProtoCatalogue.MessageEntry) -> JSONValue {
        let fields = message.descriptor.field.sorted { $0.number < $1.number }
        return .object(
            fields.compactMap { field in
                let given = values[field.jsonName] ?? values[field.name]
                return value(given, field).map { JSONValue.Member(name: field.name, value: $0) }
            })
    }

    private static func value(_ given: Any?, _ field: Google_Protobuf_FieldDescriptorProto) -> JSONValue? {
        guard field.label == .repeated else { return single(given, field) }
        return .array((given as? [Any] ?? []).compactMap { single($0, field) })
    }

    private static func single(_ given: Any?, _ field: Google_Protobuf_FieldDescriptorProto) -> JSONValue? {
        switch field.type {
        case .message:
            guard let given = given as? [String: Any], let entry = ProtoCatalogue.shared.message(field.typeName)
            else { return given.map(loose) }
            return object(given, entry)
        case .enum:
            guard let given else {
                return ProtoCatalogue.shared.enumeration(field.typeName)?.descriptor.value.first
                    .map { .string($0.name) }
            }
            return loose(given)
        case .bool: return .bool(given as? Bool ?? false)
        case .string, .bytes: return .string(given as? String ?? "")
        // 64-bit integers are strings in protobuf JSON: JavaScript's numbers do not hold them.
        case .int64, .uint64, .sint64, .fixed64, .sfixed64: return .string(given as? String ?? "0")
        default: return given.map(loose) ?? .number("0")
        }
    }

    private static func loose(_ value: Any) -> JSONValue {
        switch value {
        case let value as String: .string(value)
        case let value as [Any]: .array(value.map(loose))
        case let value as [String: Any]:
            .object(value.sorted { $0.key < $1.key }.map { .init(name: $0.key, value: loose($0.value)) })
        case is NSNull: .null
        default: .number("\(value)")
        }
    }
}
