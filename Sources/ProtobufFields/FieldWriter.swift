/// Writes the fields of one protobuf message. As in every proto3 writer a field that stands alone is left out when it
/// has its default.
public struct FieldWriter {
    public private(set) var bytes: [UInt8] = []

    public init(capacity: Int) {
        bytes.reserveCapacity(capacity)
    }

    /// A field of type int64 or int32, or the raw value of an enum.
    public mutating func integer(_ number: Int, _ value: Int64) {
        guard value != 0 else { return }
        tag(number, .varint)
        varint(UInt64(bitPattern: value))
    }

    public mutating func bool(_ number: Int, _ value: Bool) {
        integer(number, value ? 1 : 0)
    }

    public mutating func string(_ number: Int, _ value: String) {
        if !value.isEmpty { element(number, value) }
    }

    /// One of a repeated string, empty or not.
    public mutating func element(_ number: Int, _ value: String) {
        tag(number, .lengthDelimited)
        varint(UInt64(value.utf8.count))
        bytes.append(contentsOf: value.utf8)
    }

    public mutating func array(_ number: Int, _ value: [UInt8]) {
        value.withUnsafeBytes { buffer(number, $0) }
    }

    public mutating func buffer(_ number: Int, _ value: UnsafeRawBufferPointer) {
        guard !value.isEmpty else { return }
        tag(number, .lengthDelimited)
        varint(UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    /// Integers of a repeated field, packed.
    public mutating func packed(_ number: Int, _ values: [Int64]) {
        guard !values.isEmpty else { return }
        message(number) { writer in
            for value in values { writer.varint(UInt64(bitPattern: value)) }
        }
    }

    /// A message inside this one, empty or not.
    public mutating func message(_ number: Int, _ write: (inout FieldWriter) -> Void) {
        tag(number, .lengthDelimited)
        // The length is known afterwards; most fit the one byte kept for it.
        let start = bytes.count
        bytes.append(0)
        write(&self)
        let length = UInt64(bytes.count - start - 1)
        let more = Varint.byteCount(length) - 1
        if more > 0 { bytes.insert(contentsOf: repeatElement(0, count: more), at: start) }
        for (offset, byte) in Varint(length).enumerated() { bytes[start + offset] = byte }
    }

    private mutating func tag(_ number: Int, _ type: FieldCursor.WireType) {
        varint(UInt64(number) << 3 | type.rawValue)
    }

    private mutating func varint(_ value: UInt64) {
        for byte in Varint(value) { bytes.append(byte) }
    }
}
