import NIOCore

extension ByteBuffer {
    mutating func writeVarint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            writeInteger(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        writeInteger(UInt8(truncatingIfNeeded: rest))
    }

    /// Writes a length-delimited field whose number is below 16.
    mutating func writeField(_ number: UInt8, length: Int) {
        writeInteger(number << 3 | 2)
        writeVarint(UInt64(length))
    }

    /// Bytes of a varint.
    static func byteCount(varint value: UInt64) -> Int {
        max(1, (70 - value.leadingZeroBitCount) / 7)
    }

    /// Bytes of a length-delimited field whose number is below 16.
    static func byteCount(fieldOfLength length: Int) -> Int {
        1 + byteCount(varint: UInt64(length)) + length
    }
}
