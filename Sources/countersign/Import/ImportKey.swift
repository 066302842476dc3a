import Crypto
import Foundation
import MFAProto

/// Names an entry for good: the same entry of the same file for the same subject has the same key in every run. The
/// server carries a key out once, and a state file lists the keys that were carried out.
struct ImportKey: Hashable, Sendable {
    /// In hexadecimal.
    static let textBytes = 32

    private let value: UInt128

    /// - Parameters:
    ///   - source: The SHA-256 of the file; empty where it is not known.
    ///   - message: Without what the run's options choose, so that other options do not import an entry again.
    init(source: [UInt8], line: Int, entry: Int, message: Countersign_V1_StartEnrollmentRequest) throws {
        var hash = SHA256()
        hash.update(data: Data("countersign import \(source.count) \(line) \(entry)\n".utf8))
        hash.update(data: source)
        hash.update(data: try message.serializedData())
        value = hash.finalize().prefix(16).reduce(0) { $0 << 8 | UInt128($1) }
    }

    /// Nil unless lower case hexadecimal of that length.
    init?(text: some Collection<UInt8>) {
        guard text.count == Self.textBytes else { return nil }
        var value: UInt128 = 0
        for character in text {
            let digit: UInt8
            switch character {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = character - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = character - UInt8(ascii: "a") + 10
            default: return nil
            }
            value = value << 4 | UInt128(digit)
        }
        self.value = value
    }

    var text: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: Self.textBytes - digits.count) + digits
    }
}
