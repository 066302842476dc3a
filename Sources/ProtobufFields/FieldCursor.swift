/// Walks the fields of one protobuf message inside a span. Every step is bounded by `end` and throws instead of
/// trapping; groups, which proto3 does not have, are refused, so there is no nesting to follow.
public struct FieldCursor {
    public enum WireType: UInt64, Sendable {
        case varint = 0
        case fixed64 = 1
        case lengthDelimited = 2
        case fixed32 = 5
    }

    public struct Tag: Sendable {
        public let number: UInt64
        public let type: WireType

        @inlinable
        init(number: UInt64, type: WireType) {
            (self.number, self.type) = (number, type)
        }
    }

    /// Where the next field begins.
    public var position: Int { next }

    @usableFromInline
    var next: Int
    @usableFromInline
    let end: Int

    /// The bytes of `range`, which must lie within the span given to each step.
    @inlinable
    public init(_ range: Range<Int>) {
        next = range.lowerBound
        end = range.upperBound
    }

    /// The whole of a message.
    @inlinable
    public init(_ bytes: borrowing Span<UInt8>) {
        self.init(0..<bytes.count)
    }

    /// True when nothing is left.
    public var isAtEnd: Bool { next >= end }

    /// The next field's tag, or nil at the end of the message.
    @inlinable
    public mutating func nextTag(_ bytes: Span<UInt8>) throws(FieldError) -> Tag? {
        guard next < end else { return nil }
        let tag = try varint(bytes)
        guard tag <= UInt64(UInt32.max), tag >> 3 != 0, let type = WireType(rawValue: tag & 7) else {
            throw FieldError()
        }
        return Tag(number: tag >> 3, type: type)
    }

    @inlinable
    public mutating func varint(_ bytes: Span<UInt8>) throws(FieldError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while next < end {
            let byte = bytes[next]
            next += 1
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 {
                // The tenth byte has room for one bit of the 64.
                guard shift < 63 || byte <= 1 else { throw FieldError() }
                return value
            }
            shift += 7
            guard shift <= 63 else { throw FieldError() }
        }
        throw FieldError()
    }

    /// Where the content of a length-delimited field lies.
    @inlinable
    public mutating func content(_ bytes: Span<UInt8>) throws(FieldError) -> Range<Int> {
        let length = try varint(bytes)
        guard length <= UInt64(end - next) else { throw FieldError() }
        let start = next
        next += Int(length)
        return start..<next
    }

    /// Like ``content(_:)``, for a field of type string.
    @inlinable
    public mutating func text(_ bytes: Span<UInt8>) throws(FieldError) -> Range<Int> {
        let range = try content(bytes)
        do {
            _ = try UTF8Span(validating: bytes.extracting(range))
        } catch {
            throw FieldError()
        }
        return range
    }

    @inlinable
    public mutating func skip(_ type: WireType, _ bytes: Span<UInt8>) throws(FieldError) {
        switch type {
        case .varint: _ = try varint(bytes)
        case .fixed64: try skip(byteCount: 8)
        case .lengthDelimited: _ = try content(bytes)
        case .fixed32: try skip(byteCount: 4)
        }
    }

    @inlinable
    mutating func skip(byteCount: Int) throws(FieldError) {
        guard byteCount <= end - next else { throw FieldError() }
        next += byteCount
    }
}

extension FieldCursor {
    /// The value of a string field.
    public mutating func string(_ bytes: Span<UInt8>) throws(FieldError) -> String {
        let range = try text(bytes)
        // Proof: `text` has just found these bytes to be UTF-8.
        return String(copying: unsafe UTF8Span(unchecked: bytes.extracting(range)))
    }

    /// The value of a bytes field.
    public mutating func array(_ bytes: Span<UInt8>) throws(FieldError) -> [UInt8] {
        bytes.extracting(try content(bytes)).withUnsafeBytes { Array($0) }
    }

    /// The value of a field of type int64 or int32, or the raw value of an enum.
    @inlinable
    public mutating func integer(_ bytes: Span<UInt8>) throws(FieldError) -> Int64 {
        Int64(bitPattern: try varint(bytes))
    }
}
