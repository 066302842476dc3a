public import NIOCore
internal import ProtobufFields
import SwiftProtobuf

/// The body of a Response frame.
public enum ResponseEnvelope: Sendable, Hashable {
    /// OK, and the bytes of the response message.
    case message([UInt8])
    /// Any status but OK.
    case status(Google_Rpc_Status)

    /// Servers say OK in three ways: no status, an empty one, a body of no bytes. All are a message here.
    public init(decoding body: ByteBuffer) throws(EnvelopeError) {
        var statusRange: Range<Int>?
        var payloadRange = 0..<0
        do throws(FieldError) {
            let bytes = body.readableBytesUInt8Span
            var cursor = FieldCursor(bytes)
            while let tag = try cursor.nextTag(bytes) {
                switch (tag.number, tag.type) {
                case (1, .lengthDelimited): statusRange = try cursor.content(bytes)
                case (2, .lengthDelimited): payloadRange = try cursor.content(bytes)
                default: try cursor.skip(tag.type, bytes)
                }
            }
        } catch {
            throw .malformed
        }
        if let statusRange, !statusRange.isEmpty {
            var options = BinaryDecodingOptions()
            options.discardUnknownFields = true
            options.messageDepthLimit = 8
            guard let status = try? Google_Rpc_Status(serializedBytes: body.copy(statusRange), options: options) else {
                throw .malformed
            }
            if status.code != 0 {
                self = .status(status)
                return
            }
        }
        self = .message(body.copy(payloadRange))
    }
}
