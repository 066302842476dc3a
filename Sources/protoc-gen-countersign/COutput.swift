import SwiftProtobufPluginLibrary

/// The typed calls of the C client: a public header, and the table and functions behind it. Messages are
/// protobuf-c's, generated where the client is built.
struct COutput {
    let schema: Schema

    var header: String {
        get throws {
            try checkNames()
            let includes = schema.files.map { "#include \"\(CNames.header(of: $0))\"\n" }.joined()
            let functions = schema.services.flatMap { service in
                service.methods.map { method in
                    """
                    \(CNames.docComment(Schema.comment(of: method)))\
                    int \(CNames.function(method))(\(Self.parameters(of: method)));

                    """
                }
            }
            return """
                \(CNames.banner(sources: schema.files))
                #ifndef COUNTERSIGN_GENERATED_CALLS_H
                #define COUNTERSIGN_GENERATED_CALLS_H

                #include "countersign/countersign.h"
                \(includes)
                #ifdef __cplusplus
                extern "C" {
                #endif

                \(functions.joined(separator: "\n"))
                #ifdef __cplusplus
                }
                #endif

                #endif

                """
        }
    }

    var source: String {
        get throws {
            try checkNames()
            let functions = schema.services.flatMap { service in
                service.methods.map { method in
                    let request = CNames.type(method.inputType)
                    let keyed = method.inputType.fields.contains { $0.name == "idempotency_key" && $0.type == .string }
                    let key = keyed ? "offsetof(\(request), idempotency_key)" : "CSN_NO_KEY"
                    return """
                        int
                        \(CNames.function(method))(\(Self.parameters(of: method)))
                        {
                        \tstatic const struct csn_method method = {
                        \t\t.service = "\(service.descriptor.fullName)",
                        \t\t.name = "\(method.name)",
                        \t\t.request = &\(CNames.descriptor(method.inputType)),
                        \t\t.response = &\(CNames.descriptor(method.outputType)),
                        \t\t.key_offset = \(key),
                        \t\t.repeatable = \(keyed || Self.isReadOnly(method)),
                        \t};

                        \treturn csn_call(channel, &method, (const ProtobufCMessage *)request,
                        \t    (ProtobufCMessage **)response, call);
                        }

                        """
                }
            }
            return """
                \(CNames.banner(sources: schema.files))
                #include "../method.h"

                \(functions.joined(separator: "\n"))
                """
        }
    }

    private static func parameters(of method: MethodDescriptor) -> String {
        """
        countersign_channel_t *channel,
            const \(CNames.type(method.inputType)) *request,
            \(CNames.type(method.outputType)) **response,
            countersign_call_t *call
        """
    }

    /// By the rule of proto/README.md: what is called Get, List or Check changes nothing.
    private static func isReadOnly(_ method: MethodDescriptor) -> Bool {
        method.options.idempotencyLevel == .noSideEffects
            || ["Get", "List", "Check"].contains { method.name.hasPrefix($0) }
    }

    /// C has one name space for all services.
    private func checkNames() throws {
        var owners: [String: String] = [:]
        for method in schema.services.flatMap(\.methods) {
            let name = CNames.function(method)
            if let owner = owners.updateValue(method.fullName, forKey: name) {
                throw GenerationError("\(method.fullName): its C name \(name) is taken by \(owner)")
            }
        }
    }
}
