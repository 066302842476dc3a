public import NIOCore
internal import ProtobufFields

/// The body of a Request frame, read in place: names and values stay in the frame's bytes until they are asked
/// for, and the payload is copied once.
///
/// The generated `Ttrpc_Request` says the same. This type exists because it reads an envelope without
/// allocating, takes fewer liberties (no groups, bounded metadata), and keeps no unknown fields.
public struct RequestEnvelope: Sendable {
    /// Time left to answer, in nanoseconds; 0 for no limit, negative for already over.
    public private(set) var timeoutNano: Int64 = 0

    private let body: ByteBuffer
    private var serviceRange = 0..<0
    private var methodRange = 0..<0
    private var payloadRange = 0..<0
    private var metadataRanges: [(key: Range<Int>, value: Range<Int>)] = []

    /// Unknown fields are skipped and of a field that recurs the last counts, as in every protobuf reader.
    public init(decoding body: ByteBuffer) throws(EnvelopeError) {
        do {
            try self.init(fieldsOf: body)
        } catch let error as EnvelopeError {
            throw error
        } catch {
            throw .malformed
        }
    }

    private init(fieldsOf body: ByteBuffer) throws {
        self.body = body
        let bytes = body.readableBytesUInt8Span
        var cursor = FieldCursor(bytes)
        while let tag = try cursor.nextTag(bytes) {
            switch (tag.number, tag.type) {
            case (1, .lengthDelimited): serviceRange = try cursor.text(bytes)
            case (2, .lengthDelimited): methodRange = try cursor.text(bytes)
            case (3, .lengthDelimited): payloadRange = try cursor.content(bytes)
            case (4, .varint): timeoutNano = try cursor.integer(bytes)
            case (5, .lengthDelimited):
                guard metadataRanges.count < ProtocolLimit.maximumMetadataPairs else {
                    throw EnvelopeError.tooManyMetadataPairs
                }
                metadataRanges.append(try Self.pair(in: try cursor.content(bytes), bytes))
            default: try cursor.skip(tag.type, bytes)
            }
        }
    }

    public var service: String { string(serviceRange) }
    public var method: String { string(methodRange) }

    /// The message's bytes.
    public var payload: [UInt8] { body.copy(payloadRange) }

    /// The service's and the method's name as bytes, for a look-up that needs no strings.
    public func withNames<Result>(_ read: (_ service: Span<UInt8>, _ method: Span<UInt8>) -> Result) -> Result {
        let bytes = body.readableBytesUInt8Span
        return read(bytes.extracting(serviceRange), bytes.extracting(methodRange))
    }

    public var hasMetadata: Bool { !metadataRanges.isEmpty }

    /// The first value under a key. Keys are compared byte by byte; clients send them in lower case.
    public func metadata(_ key: String) -> String? {
        let bytes = body.readableBytesUInt8Span
        let wanted = key.utf8
        for pair in metadataRanges where pair.key.count == wanted.count {
            if zip(pair.key, wanted).allSatisfy({ bytes[$0] == $1 }) { return string(pair.value) }
        }
        return nil
    }

    private static func pair(
        in range: Range<Int>, _ bytes: Span<UInt8>
    ) throws(FieldError) -> (key: Range<Int>, value: Range<Int>) {
        var key = 0..<0
        var value = 0..<0
        var cursor = FieldCursor(range)
        while let tag = try cursor.nextTag(bytes) {
            switch (tag.number, tag.type) {
            case (1, .lengthDelimited): key = try cursor.text(bytes)
            case (2, .lengthDelimited): value = try cursor.text(bytes)
            default: try cursor.skip(tag.type, bytes)
            }
        }
        return (key, value)
    }

    private func string(_ range: Range<Int>) -> String {
        body.withUnsafeReadableBytes { String(decoding: $0[range], as: UTF8.self) }
    }
}
