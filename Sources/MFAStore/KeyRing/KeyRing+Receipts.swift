internal import Crypto
internal import Foundation

extension KeyRing {
    /// The Ed25519 seed that receipts of a span of time are signed with: 32 bytes. Another number has another key, and no
    /// key tells of another.
    public func receiptSeed(number: Int64) -> [UInt8] {
        derivedKey("countersign receipts \(number)").withUnsafeBytes { Array($0) }
    }
}
