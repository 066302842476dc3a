public import NIOCore
import SwiftProtobuf

extension ByteBuffer {
    /// Appends a Response frame that carries a message: header and body in one piece.
    ///
    /// Throws ``FrameError/oversize(byteCount:)``, having written nothing, when the body is over the limit.
    public mutating func writeResponse(
        streamID: UInt32, payload: [UInt8], maximumBodyBytes: Int = ProtocolLimit.maximumBodyBytes
    ) throws(FrameError) {
        let length = payload.isEmpty ? 0 : Self.byteCount(fieldOfLength: payload.count)
        guard length <= min(maximumBodyBytes, ProtocolLimit.maximumBodyBytes) else {
            throw .oversize(byteCount: length)
        }
        reserveCapacity(minimumWritableBytes: FrameHeader.byteCount + length)
        writeFrameHeader(FrameHeader(length: UInt32(length), streamID: streamID, type: .response))
        if length > 0 {
            writeField(2, length: payload.count)
            writeBytes(payload)
        }
    }

    /// Appends a Response frame that carries a status and, as clients expect beside one, no payload.
    public mutating func writeResponse(streamID: UInt32, status: Google_Rpc_Status) {
        writeResponse(streamID: streamID, encodedStatus: status.encoded)
    }

    /// The same for a status that was encoded before.
    public mutating func writeResponse(streamID: UInt32, encodedStatus: [UInt8]) {
        let length = Self.byteCount(fieldOfLength: encodedStatus.count)
        reserveCapacity(minimumWritableBytes: FrameHeader.byteCount + length)
        writeFrameHeader(FrameHeader(length: UInt32(length), streamID: streamID, type: .response))
        writeField(1, length: encodedStatus.count)
        writeBytes(encodedStatus)
    }
}

extension Google_Rpc_Status {
    /// A status of this code, with details that are already packed.
    public init(code: Int32, message: String, details: [(typeURL: String, value: [UInt8])] = []) {
        self.init()
        self.code = code
        self.message = message
        self.details = details.map { detail in
            .with {
                $0.typeURL = detail.typeURL
                $0.value = .init(detail.value)
            }
        }
    }

    /// The message's bytes.
    public var encoded: [UInt8] {
        // Encoding fails only for missing required fields, which proto3 does not have; the code alone is then
        // the answer that is left.
        (try? serializedBytes()) ?? (try? Google_Rpc_Status(code: code, message: "").serializedBytes()) ?? []
    }
}
