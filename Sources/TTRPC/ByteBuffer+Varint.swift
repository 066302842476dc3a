import NIOCore
internal import ProtobufFields

extension ByteBuffer {
    mutating func writeVarint(_ value: UInt64) {
        for byte in Varint(value) { writeInteger(byte) }
    }

    /// Writes a length-delimited field whose number is below 16.
    mutating func writeField(_ number: UInt8, length: Int) {
        writeInteger(number << 3 | 2)
        writeVarint(UInt64(length))
    }

    /// Bytes of a length-delimited field whose number is below 16.
    static func byteCount(fieldOfLength length: Int) -> Int {
        1 + Varint.byteCount(UInt64(length)) + length
    }
}
