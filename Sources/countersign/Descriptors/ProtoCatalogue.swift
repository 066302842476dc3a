import Foundation
import MFAProto
import SwiftProtobuf

/// The protos themselves: what there is, and the comments on it.
struct ProtoCatalogue: Sendable {
    typealias File = Google_Protobuf_FileDescriptorProto

    struct MessageEntry: Sendable {
        let descriptor: Google_Protobuf_DescriptorProto
        let fullName: String
        let comments: Comments
    }

    struct EnumEntry: Sendable {
        let descriptor: Google_Protobuf_EnumDescriptorProto
        let fullName: String
        let comments: Comments
    }

    struct ServiceEntry: Sendable {
        let descriptor: Google_Protobuf_ServiceDescriptorProto
        let fullName: String
        let comments: Comments
    }

    /// The comments of a declaration and of what is in it, by their path in the file.
    struct Comments: Sendable {
        fileprivate let byPath: [[Int32]: String]
        fileprivate let path: [Int32]

        /// Above the declaration itself, or above what lies at `inner` in it.
        func lines(_ inner: Int32...) -> [String] {
            guard let text = byPath[path + inner] else { return [] }
            return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
                .map { String($0.hasPrefix(" ") ? $0.dropFirst() : $0) }
        }
    }

    /// The protos this program was built with.
    static let shared = ProtoCatalogue()

    private(set) var services: [ServiceEntry] = []
    private(set) var messages: [String: MessageEntry] = [:]
    private(set) var enums: [String: EnumEntry] = [:]

    private init() {
        // Built into the program; a test holds that they can be read.
        let bytes = Data(base64Encoded: ProtoDescriptors.fileDescriptorSetBase64) ?? Data()
        let set = (try? Google_Protobuf_FileDescriptorSet(serializedBytes: bytes)) ?? .init()
        for file in set.file { add(file) }
    }

    /// Field numbers of descriptor.proto: where declarations lie in a file and in each other.
    enum Path {
        static let fileMessage: Int32 = 4
        static let fileEnum: Int32 = 5
        static let fileService: Int32 = 6
        static let messageField: Int32 = 2
        static let messageMessage: Int32 = 3
        static let messageEnum: Int32 = 4
        static let enumValue: Int32 = 2
        static let serviceMethod: Int32 = 2
    }

    private mutating func add(_ file: File) {
        let byPath = Dictionary(
            file.sourceCodeInfo.location.map { ($0.path, $0.leadingComments + $0.trailingComments) },
            uniquingKeysWith: { first, _ in first })
        for (index, descriptor) in file.service.enumerated() {
            services.append(
                ServiceEntry(
                    descriptor: descriptor, fullName: "\(file.package).\(descriptor.name)",
                    comments: Comments(byPath: byPath, path: [Path.fileService, Int32(index)])))
        }
        for (index, descriptor) in file.messageType.enumerated() {
            add(descriptor, in: file.package, Comments(byPath: byPath, path: [Path.fileMessage, Int32(index)]))
        }
        for (index, descriptor) in file.enumType.enumerated() {
            add(descriptor, in: file.package, Comments(byPath: byPath, path: [Path.fileEnum, Int32(index)]))
        }
    }

    private mutating func add(_ descriptor: Google_Protobuf_DescriptorProto, in scope: String, _ comments: Comments) {
        let fullName = "\(scope).\(descriptor.name)"
        messages[fullName] = MessageEntry(descriptor: descriptor, fullName: fullName, comments: comments)
        func inner(_ kind: Int32, _ index: Int) -> Comments {
            Comments(byPath: comments.byPath, path: comments.path + [kind, Int32(index)])
        }
        for (index, nested) in descriptor.nestedType.enumerated() {
            add(nested, in: fullName, inner(Path.messageMessage, index))
        }
        for (index, nested) in descriptor.enumType.enumerated() {
            add(nested, in: fullName, inner(Path.messageEnum, index))
        }
    }

    private mutating func add(
        _ descriptor: Google_Protobuf_EnumDescriptorProto, in scope: String, _ comments: Comments
    ) {
        let fullName = "\(scope).\(descriptor.name)"
        enums[fullName] = EnumEntry(descriptor: descriptor, fullName: fullName, comments: comments)
    }

    // MARK: Looking up

    /// By full name; a leading dot, as in descriptors, is allowed.
    func message(_ name: String) -> MessageEntry? { messages[Self.plain(name)] }
    func enumeration(_ name: String) -> EnumEntry? { enums[Self.plain(name)] }

    static func plain(_ name: String) -> String {
        name.hasPrefix(".") ? String(name.dropFirst()) : name
    }

    /// Whether a full name is meant by what a person typed: itself, or its end from some dot on.
    static func matches(_ fullName: String, _ typed: String) -> Bool {
        fullName == typed || fullName.hasSuffix(".\(typed)")
    }

    /// The RPC that `SERVICE/METHOD` names, in full or in short.
    static func method(_ typed: String) throws -> AnyRPCMethod {
        let parts = typed.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else {
            throw Complaint(
                "\(typed) is not a method", hint: "write SERVICE/METHOD, for example VerificationService/Verify")
        }
        let ofService = RPCMethods.all.filter { matches($0.service, parts[0]) }
        guard !ofService.isEmpty else {
            throw Complaint("there is no service \(parts[0])", hint: "countersign list shows the services")
        }
        guard let method = ofService.first(where: { $0.name == parts[1] }) else {
            throw Complaint(
                "\(parts[0]) has no method \(parts[1])",
                hint: "there are \(ofService.map(\.name).joined(separator: ", "))")
        }
        return method
    }
}
