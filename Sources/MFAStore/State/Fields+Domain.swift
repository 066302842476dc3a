internal import MFADomain
internal import ProtobufFields

// The domain's small types as fields.

extension FieldWriter {
    /// 16 bytes; nothing for none.
    mutating func id<Tag>(_ number: Int, _ id: ID<Tag>?) {
        id?.withUnsafeBytes { buffer(number, $0) }
    }

    /// The raw value of an enum; nothing for none.
    mutating func raw<Value: RawRepresentable<Int>>(_ number: Int, _ value: Value?) {
        if let value { integer(number, Int64(value.rawValue)) }
    }

    /// Milliseconds; nothing for never.
    mutating func moment(_ number: Int, _ moment: Timestamp?) {
        if let moment { integer(number, moment.milliseconds) }
    }
}

extension FieldCursor {
    mutating func id<Tag>(_ bytes: Span<UInt8>) throws(FieldError) -> ID<Tag> {
        let id = bytes.extracting(try content(bytes)).withUnsafeBytes { ID<Tag>(bytes: $0) }
        guard let id else { throw FieldError() }
        return id
    }

    /// - Throws: for a value this version does not know.
    mutating func raw<Value: RawRepresentable<Int>>(_ bytes: Span<UInt8>) throws(FieldError) -> Value {
        guard let value = Value(rawValue: Int(try integer(bytes))) else { throw FieldError() }
        return value
    }

    /// - Throws: for a value this version does not know.
    mutating func raws<Value: RawRepresentable<Int>>(_ bytes: Span<UInt8>) throws(FieldError) -> [Value] {
        var numbers = FieldCursor(try content(bytes))
        var values: [Value] = []
        while !numbers.isAtEnd { values.append(try numbers.raw(bytes)) }
        return values
    }

    /// 0 stands for never.
    mutating func moment(_ bytes: Span<UInt8>) throws(FieldError) -> Timestamp? {
        let milliseconds = try integer(bytes)
        return milliseconds == 0 ? nil : Timestamp(milliseconds: milliseconds)
    }
}
