import Foundation
import SwiftProtobuf
import SwiftProtobufPluginLibrary

/// `Methods.swift`: the RPCs as typed values, as a type-erased list, and the protos themselves as descriptors.
struct MethodsOutput {
    let schema: Schema

    var text: String {
        get throws {
            let parts = [
                SwiftNames.header(sources: schema.files),
                "public import SwiftProtobuf\n",
                Self.types,
                schema.services.map(catalogue).joined(separator: "\n"),
                list,
                try descriptors(),
            ]
            return parts.joined(separator: "\n")
        }
    }

    private static let types = """
        /// One RPC: its full service name, its method name and its two message types.
        public struct RPCMethod<Request: Message & Sendable, Response: Message & Sendable>: Sendable {
            /// For example `countersign.v1.EnrollmentService`.
            public let service: String
            /// For example `StartEnrollment`.
            public let name: String

            public init(service: String, name: String) {
                self.service = service
                self.name = name
            }
        }

        /// One RPC without its message types, for catalogues: JSON in, JSON out, by the protobuf JSON mapping.
        public struct AnyRPCMethod: Sendable {
            /// For example `countersign.v1.EnrollmentService`.
            public let service: String
            /// For example `StartEnrollment`.
            public let name: String
            /// Full protobuf name of the request message.
            public let requestName: String
            /// Full protobuf name of the response message.
            public let responseName: String
            /// A request's JSON as protobuf. Throws on anything that is not a request of this RPC, an unknown field
            /// included.
            public let requestFromJSON: @Sendable (_ json: String) throws -> [UInt8]
            /// A response's protobuf as JSON.
            public let responseToJSON: @Sendable (_ message: [UInt8]) throws -> String

            public init<Request, Response>(_ method: RPCMethod<Request, Response>) {
                service = method.service
                name = method.name
                requestName = Request.protoMessageName
                responseName = Response.protoMessageName
                requestFromJSON = { try Request(jsonString: $0).serializedBytes() }
                responseToJSON = { try Response(serializedBytes: $0).jsonString() }
            }
        }

        """

    private func catalogue(_ service: Schema.Service) -> String {
        var text = SwiftNames.docComment(
            Schema.comment(of: service.descriptor).nonEmpty ?? ["The RPCs of `\(service.descriptor.fullName)`."],
            indent: "")
        text += "public enum \(SwiftNames.catalogue(of: service.descriptor)) {\n"
        text += service.methods.map { method in
            SwiftNames.docComment(Schema.comment(of: method), indent: "    ") + """
                    public static let \(SwiftNames.method(method)) = RPCMethod<\
                \(SwiftNames.type(method.inputType)), \
                \(SwiftNames.type(method.outputType))>(
                        service: "\(service.descriptor.fullName)", name: "\(method.name)")

                """
        }.joined(separator: "\n")
        return text + "}\n"
    }

    private var list: String {
        let entries = schema.services.flatMap { service in
            service.methods.map {
                "        AnyRPCMethod(\(SwiftNames.catalogue(of: service.descriptor)).\(SwiftNames.method($0))),\n"
            }
        }
        return """
            /// Every RPC of the protos.
            public enum RPCMethods {
                public static let all: [AnyRPCMethod] = [
            \(entries.joined())    ]
            }

            """
    }

    private func descriptors() throws -> String {
        var options = ExtractProtoOptions()
        options.includeSourceCodeInfo = true
        var set = Google_Protobuf_FileDescriptorSet()
        set.file = schema.filesWithImports.map { file in
            var proto = file.extractProto(options: options)
            // Positions without a comment help nobody at run time and are most of the bytes.
            proto.sourceCodeInfo.location.removeAll { !$0.hasLeadingComments && !$0.hasTrailingComments }
            for index in proto.sourceCodeInfo.location.indices {
                proto.sourceCodeInfo.location[index].leadingDetachedComments = []
            }
            return proto
        }
        let base64 = Data(try set.serializedBytes() as [UInt8]).base64EncodedString()
        let width = 116
        var lines: [Substring] = []
        var rest = base64[...]
        while !rest.isEmpty {
            lines.append(rest.prefix(width))
            rest = rest.dropFirst(width)
        }
        return """
            /// The protos themselves, comments included, so that a client can describe services and messages.
            public enum ProtoDescriptors {
                /// A google.protobuf.FileDescriptorSet of \(schema.files.map(\.name).joined(separator: ", ")) and what
                /// they import, each file after its imports.
                public static let fileDescriptorSetBase64 = \"\""
                    \(lines.joined(separator: "\\\n        "))
                    \"\""
            }

            """
    }
}

extension Array {
    /// `nil` instead of an empty array.
    var nonEmpty: Self? { isEmpty ? nil : self }
}
