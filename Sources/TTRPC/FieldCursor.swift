/// Walks the fields of one protobuf message inside a span. Every step is bounded by `end` and throws instead of
/// trapping; groups, which proto3 does not have, are refused, so there is no nesting to follow.
struct FieldCursor {
    enum WireType: UInt64 {
        case varint = 0
        case fixed64 = 1
        case lengthDelimited = 2
        case fixed32 = 5
    }

    struct Tag {
        let number: UInt64
        let type: WireType
    }

    private(set) var position: Int
    let end: Int

    /// The bytes of `range`, which must lie within the span given to each step.
    init(_ range: Range<Int>) {
        position = range.lowerBound
        end = range.upperBound
    }

    /// The next field's tag, or nil at the end of the message.
    mutating func nextTag(_ bytes: Span<UInt8>) throws(EnvelopeError) -> Tag? {
        guard position < end else { return nil }
        let tag = try varint(bytes)
        guard tag <= UInt64(UInt32.max), tag >> 3 != 0, let type = WireType(rawValue: tag & 7) else {
            throw .malformed
        }
        return Tag(number: tag >> 3, type: type)
    }

    mutating func varint(_ bytes: Span<UInt8>) throws(EnvelopeError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while position < end {
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 {
                // The tenth byte has room for one bit of the 64.
                guard shift < 63 || byte <= 1 else { throw .malformed }
                return value
            }
            shift += 7
            guard shift <= 63 else { throw .malformed }
        }
        throw .malformed
    }

    /// Where the content of a length-delimited field lies.
    mutating func content(_ bytes: Span<UInt8>) throws(EnvelopeError) -> Range<Int> {
        let length = try varint(bytes)
        guard length <= UInt64(end - position) else { throw .malformed }
        let start = position
        position += Int(length)
        return start..<position
    }

    /// Like ``content(_:)``, for a field of type string.
    mutating func text(_ bytes: Span<UInt8>) throws(EnvelopeError) -> Range<Int> {
        let range = try content(bytes)
        do {
            _ = try UTF8Span(validating: bytes.extracting(range))
        } catch {
            throw .malformed
        }
        return range
    }

    mutating func skip(_ type: WireType, _ bytes: Span<UInt8>) throws(EnvelopeError) {
        switch type {
        case .varint: _ = try varint(bytes)
        case .fixed64: try skip(byteCount: 8)
        case .lengthDelimited: _ = try content(bytes)
        case .fixed32: try skip(byteCount: 4)
        }
    }

    private mutating func skip(byteCount: Int) throws(EnvelopeError) {
        guard byteCount <= end - position else { throw .malformed }
        position += byteCount
    }
}
