internal import Foundation
internal import MFAProto
internal import ProtobufFields
internal import SwiftProtobuf

/// Finds which field made a request undecodable. Runs only once decoding has failed: each top-level field is decoded
/// by itself until one fails alone.
enum FieldLocator {
    /// More fields than any honest request has; a hostile one must not buy much work with its mistakes.
    private static let maxTried = 64

    static func faultyField<M: Message>(of type: M.Type, in payload: [UInt8]) -> String? {
        let bytes = payload.span
        var cursor = FieldCursor(bytes)
        for _ in 0..<maxTried {
            let start = cursor.position
            // Where the bytes are no field there is no name to give.
            guard let tag = try? cursor.nextTag(bytes), (try? cursor.skip(tag.type, bytes)) != nil else { return nil }
            let field = Array(payload[start..<cursor.position])
            let isFaulty = (try? M(serializedBytes: field, extensions: nil, options: .hostile)) == nil
            if isFaulty { return name(of: tag.number, in: M.protoMessageName) }
        }
        return nil
    }

    private static let fieldNames: [String: [Int32: String]] = {
        guard let data = Data(base64Encoded: ProtoDescriptors.fileDescriptorSetBase64),
            let files = try? Google_Protobuf_FileDescriptorSet(serializedBytes: data)
        else { return [:] }
        var names: [String: [Int32: String]] = [:]
        for file in files.file {
            for message in file.messageType {
                names["\(file.package).\(message.name)"] = Dictionary(
                    message.field.map { ($0.number, $0.name) }, uniquingKeysWith: { first, _ in first })
            }
        }
        return names
    }()

    private static func name(of number: UInt64, in message: String) -> String? {
        Int32(exactly: number).flatMap { fieldNames[message]?[$0] }
    }
}
