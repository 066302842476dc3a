/// 128 random bits that name one thing. The tag keeps ids of different things from being mixed up.
public struct ID<Tag>: Sendable, Hashable {
    private let high: UInt64
    private let low: UInt64

    public static var byteCount: Int { 16 }

    /// Nil unless there are exactly 16 bytes.
    public init?(bytes: UnsafeRawBufferPointer) {
        guard bytes.count == Self.byteCount else { return nil }
        high = UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self))
        low = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    }

    public init?(bytes: [UInt8]) {
        guard let id = bytes.withUnsafeBytes({ Self(bytes: $0) }) else { return nil }
        self = id
    }

    /// Reads the text form: 32 lower-case hexadecimal digits. Nil for anything else.
    public init?(text: String) {
        guard text.utf8.count == 2 * Self.byteCount else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.byteCount)
        var pending: UInt8?
        for character in text.utf8 {
            let nibble: UInt8
            switch character {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): nibble = character - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): nibble = character - UInt8(ascii: "a") + 10
            default: return nil
            }
            if let high = pending {
                bytes.append(high << 4 | nibble)
                pending = nil
            } else {
                pending = nibble
            }
        }
        self.init(bytes: bytes)
    }

    /// A new id.
    public init(entropy: inout some Entropy) {
        (high, low) = (entropy.next(), entropy.next())
    }

    public var bytes: [UInt8] {
        withUnsafeBytes { Array($0) }
    }

    /// The 16 bytes, without an array.
    public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        Swift.withUnsafeBytes(of: (high.bigEndian, low.bigEndian), body)
    }

    public var text: String {
        let digits: StaticString = "0123456789abcdef"
        return digits.withUTF8Buffer { digits in
            String(unsafeUninitializedCapacity: 32) { text in
                for index in 0..<32 {
                    let word = index < 16 ? high : low
                    text[index] = digits[Int(word >> (60 - 4 * UInt64(index & 15)) & 15)]
                }
                return 32
            }
        }
    }
}

public enum FactorTag: Sendable {}
public enum VerificationTag: Sendable {}
public enum PseudonymTag: Sendable {}
public enum ChallengeTag: Sendable {}
public enum MessageTag: Sendable {}
public enum TrustedDeviceTag: Sendable {}
public enum RecoveryTag: Sendable {}

/// Names one factor of a subject.
public typealias FactorID = ID<FactorTag>
/// Names one accepted verification.
public typealias VerificationID = ID<VerificationTag>
/// Names a subject in the audit.
public typealias Pseudonym = ID<PseudonymTag>
/// Names one challenge of a subject.
public typealias ChallengeID = ID<ChallengeTag>
/// Names one message on its way out.
public typealias MessageID = ID<MessageTag>
/// Names one device of a subject that is remembered.
public typealias TrustedDeviceID = ID<TrustedDeviceTag>
/// Names one recovery of a subject.
public typealias RecoveryID = ID<RecoveryTag>
