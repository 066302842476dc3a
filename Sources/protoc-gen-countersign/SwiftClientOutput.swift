import SwiftProtobufPluginLibrary

/// `Services.swift`: one client struct per service with a typed call per RPC, and the messages under their
/// plain names.
struct SwiftClientOutput {
    let schema: Schema

    var text: String {
        let parts = [
            SwiftNames.header(sources: schema.files),
            "public import MFAProto\n",
            schema.services.map(client).joined(separator: "\n"),
            keyedRequests,
            aliases,
        ]
        return parts.joined(separator: "\n")
    }

    private func client(_ service: Schema.Service) -> String {
        let name = SwiftNames.client(of: service.descriptor)
        var text = SwiftNames.docComment(
            Schema.comment(of: service.descriptor).nonEmpty ?? ["The calls of `\(service.descriptor.fullName)`."],
            indent: "")
        text += """
            public struct \(name): Sendable {
                let channel: any CallChannel

                public init(channel: any CallChannel) {
                    self.channel = channel
                }


            """
        text += service.methods.map { method in
            SwiftNames.docComment(Schema.comment(of: method), indent: "    ") + """
                    public func \(SwiftNames.method(method))(
                        _ request: \(SwiftNames.type(method.inputType)), options: CallOptions = .defaults
                    ) async throws -> \(SwiftNames.type(method.outputType)) {
                        try await channel.call(\(SwiftNames.catalogue(of: service.descriptor)).\
                \(SwiftNames.method(method)), request, options)
                    }

                """
        }.joined(separator: "\n")
        return text + "}\n"
    }

    /// The client fills in the keys of these by itself.
    private var keyedRequests: String {
        schema.files.flatMap(\.messages)
            .filter { $0.fields.contains { $0.name == "idempotency_key" } }
            .map { "extension \(SwiftNames.type($0)): KeyedRequest {}\n" }
            .joined()
    }

    private var aliases: String {
        schema.files.map { file in
            let messages = file.messages.map { ($0.name, SwiftNames.type($0), Schema.comment(of: $0)) }
            let enums = file.enums.map { ($0.name, SwiftNames.type($0), Schema.comment(of: $0)) }
            return (enums + messages).map { name, fullName, comment in
                SwiftNames.docComment(comment, indent: "") + "public typealias \(name) = \(fullName)\n"
            }.joined()
        }.joined(separator: "\n")
    }
}
