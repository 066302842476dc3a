internal import Foundation
internal import MFAProto
internal import SwiftProtobuf

/// Finds which field made a request undecodable. Runs only once decoding has failed: each top-level field is decoded
/// by itself until one fails alone.
enum FieldLocator {
    /// More fields than any honest request has; a hostile one must not buy much work with its mistakes.
    private static let maxTried = 64

    static func faultyField<M: Message>(of type: M.Type, in payload: [UInt8]) -> String? {
        var rest = payload[...]
        var tried = 0
        while tried < maxTried, let field = Field(taking: &rest) {
            tried += 1
            let isFaulty = (try? M(serializedBytes: Array(field.bytes), extensions: nil, options: .hostile)) == nil
            if isFaulty { return name(of: field.number, in: M.protoMessageName) }
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

    /// One top-level field with its tag.
    private struct Field {
        let number: UInt64
        let bytes: ArraySlice<UInt8>

        /// Nil at the end, or where the bytes are no field.
        init?(taking rest: inout ArraySlice<UInt8>) {
            let whole = rest
            guard let tag = Self.varint(&rest) else { return nil }
            switch tag & 7 {
            case 0: guard Self.varint(&rest) != nil else { return nil }
            case 1: guard Self.skip(8, &rest) else { return nil }
            case 2: guard let length = Self.varint(&rest), Self.skip(length, &rest) else { return nil }
            case 5: guard Self.skip(4, &rest) else { return nil }
            default: return nil
            }
            number = tag >> 3
            bytes = whole[whole.startIndex..<rest.startIndex]
        }

        private static func varint(_ rest: inout ArraySlice<UInt8>) -> UInt64? {
            var value: UInt64 = 0
            for shift in stride(from: UInt64(0), to: 64, by: 7) {
                guard let byte = rest.popFirst() else { return nil }
                value |= UInt64(byte & 0x7f) << shift
                if byte < 0x80 { return value }
            }
            return nil
        }

        private static func skip(_ count: UInt64, _ rest: inout ArraySlice<UInt8>) -> Bool {
            guard count <= UInt64(rest.count) else { return false }
            rest = rest.dropFirst(Int(count))
            return true
        }
    }
}
