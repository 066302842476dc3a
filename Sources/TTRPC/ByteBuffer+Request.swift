public import NIOCore
internal import ProtobufFields

extension ByteBuffer {
    /// Appends a unary Request frame: header and body in one piece.
    ///
    /// Throws ``FrameError/oversize(byteCount:)``, having written nothing, when the body is over the limit.
    /// Negative `timeoutNano` says that the time is already over, 0 that there is no limit.
    public mutating func writeRequest(
        streamID: UInt32, service: String, method: String, payload: [UInt8], timeoutNano: Int64 = 0,
        metadata: [(key: String, value: String)] = [], maximumBodyBytes: Int = ProtocolLimit.maximumBodyBytes
    ) throws(FrameError) {
        var length = Self.byteCount(fieldOfLength: service.utf8.count)
        length += Self.byteCount(fieldOfLength: method.utf8.count)
        if !payload.isEmpty { length += Self.byteCount(fieldOfLength: payload.count) }
        if timeoutNano != 0 { length += 1 + Varint.byteCount(UInt64(bitPattern: timeoutNano)) }
        for pair in metadata { length += Self.byteCount(fieldOfLength: Self.byteCount(pair)) }
        guard length <= min(maximumBodyBytes, ProtocolLimit.maximumBodyBytes) else {
            throw .oversize(byteCount: length)
        }

        reserveCapacity(minimumWritableBytes: FrameHeader.byteCount + length)
        writeFrameHeader(FrameHeader(length: UInt32(length), streamID: streamID, type: .request))
        writeText(1, service)
        writeText(2, method)
        if !payload.isEmpty {
            writeField(3, length: payload.count)
            writeBytes(payload)
        }
        if timeoutNano != 0 {
            writeInteger(UInt8(4 << 3))
            writeVarint(UInt64(bitPattern: timeoutNano))
        }
        for pair in metadata {
            writeField(5, length: Self.byteCount(pair))
            writeText(1, pair.key)
            writeText(2, pair.value)
        }
    }

    private static func byteCount(_ pair: (key: String, value: String)) -> Int {
        byteCount(fieldOfLength: pair.key.utf8.count) + byteCount(fieldOfLength: pair.value.utf8.count)
    }

    private mutating func writeText(_ number: UInt8, _ text: String) {
        writeField(number, length: text.utf8.count)
        writeString(text)
    }
}
