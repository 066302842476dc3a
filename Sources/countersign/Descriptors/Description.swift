import SwiftProtobuf

/// Declarations as the .proto has them, comments included.
enum Description {
    static func of(_ service: ProtoCatalogue.ServiceEntry) -> String {
        let methods = service.descriptor.method.indices.map { method(at: $0, of: service, indent: "  ") }
        return comment(service.comments.lines(), "")
            + "service \(service.descriptor.name) {\n\(methods.joined(separator: "\n\n"))\n}"
    }

    static func method(at index: Int, of service: ProtoCatalogue.ServiceEntry, indent: String = "") -> String {
        let method = service.descriptor.method[index]
        return comment(service.comments.lines(ProtoCatalogue.Path.serviceMethod, Int32(index)), indent)
            + "\(indent)rpc \(method.name)(\(short(method.inputType))) returns (\(short(method.outputType)));"
    }

    static func of(_ message: ProtoCatalogue.MessageEntry) -> String {
        let fields = message.descriptor.field.enumerated().map { index, field in
            comment(message.comments.lines(ProtoCatalogue.Path.messageField, Int32(index)), "  ")
                + "  \(field.label == .repeated ? "repeated " : "")\(typeName(field)) \(field.name) = \(field.number);"
        }
        return comment(message.comments.lines(), "")
            + "message \(message.descriptor.name) {\n\(fields.joined(separator: "\n"))\n}"
    }

    static func of(_ enumeration: ProtoCatalogue.EnumEntry) -> String {
        let values = enumeration.descriptor.value.enumerated().map { index, value in
            comment(enumeration.comments.lines(ProtoCatalogue.Path.enumValue, Int32(index)), "  ")
                + "  \(value.name) = \(value.number);"
        }
        return comment(enumeration.comments.lines(), "")
            + "enum \(enumeration.descriptor.name) {\n\(values.joined(separator: "\n"))\n}"
    }

    private static func comment(_ lines: [String], _ indent: String) -> String {
        lines.map { "\(indent)//\($0.isEmpty ? "" : " ")\($0)\n" }.joined()
    }

    private static func typeName(_ field: Google_Protobuf_FieldDescriptorProto) -> String {
        switch field.type {
        case .message, .enum: short(field.typeName)
        case .string: "string"
        case .bytes: "bytes"
        case .bool: "bool"
        case .int32: "int32"
        case .int64: "int64"
        case .uint32: "uint32"
        case .uint64: "uint64"
        case .double: "double"
        case .float: "float"
        case .sint32: "sint32"
        case .sint64: "sint64"
        case .fixed32: "fixed32"
        case .fixed64: "fixed64"
        case .sfixed32: "sfixed32"
        case .sfixed64: "sfixed64"
        case .group: "group"
        }
    }

    private static func short(_ name: String) -> String {
        name.split(separator: ".").last.map(String.init) ?? name
    }
}
