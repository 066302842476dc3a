import TTRPC

/// Makes the ids of calls that came without one: a random prefix for each connection and a count. Up to fifteen
/// bytes, which a String holds without allocating, for the first 2³⁰ calls.
struct RequestIdentifier {
    static let metadataKey = "x-request-id"
    static let maximumBytes = 64

    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    private let prefix: UInt64
    private var count: UInt64 = 0

    init() {
        prefix = .random(in: .min ... .max)
    }

    mutating func next() -> String {
        count &+= 1
        return String(unsafeUninitializedCapacity: 8 + 1 + 13) { bytes in
            var length = 0
            func append(_ byte: UInt8) {
                bytes.initializeElement(at: length, to: byte)
                length += 1
            }
            for digit in 0..<8 { append(Self.alphabet[Int(prefix >> (5 * UInt64(digit)) & 31)]) }
            append(UInt8(ascii: "-"))
            var rest = count
            repeat {
                append(Self.alphabet[Int(rest & 31)])
                rest >>= 5
            } while rest > 0
            return length
        }
    }

    /// A caller's own id if it is fit for a log line.
    static func accepted(_ envelope: RequestEnvelope) -> String? {
        guard let value = envelope.metadata(metadataKey), value.isVisibleASCII(atMost: maximumBytes) else { return nil }
        return value
    }
}
