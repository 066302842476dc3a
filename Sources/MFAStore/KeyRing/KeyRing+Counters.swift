internal import Crypto
internal import Foundation
public import MFADomain

extension KeyRing {
    /// What a store keeps of a counter's name: 16 bytes from which no number or address can be told without the ring.
    public func digest(of counter: BudgetCounter, windowSeconds: Int64) -> [UInt8] {
        var name: [UInt8] = [UInt8(truncatingIfNeeded: counter.axis.rawValue)]
        withUnsafeBytes(of: windowSeconds.bigEndian) { name += $0 }
        name += counter.name.utf8
        return Array(HMAC<SHA256>.authenticationCode(for: name, using: counterKey).prefix(16))
    }
}
