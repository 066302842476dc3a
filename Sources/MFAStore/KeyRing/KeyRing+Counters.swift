internal import Crypto
internal import Foundation
public import MFADomain

extension KeyRing {
    /// What a store keeps of a counter's name: 16 bytes from which no number or address can be told without the ring.
    ///
    /// - Parameter key: the subject that is decided on.
    public func digest(of counter: BudgetCounter, windowSeconds: Int64, _ key: SubjectKey) -> [UInt8] {
        var name: [UInt8] = [UInt8(truncatingIfNeeded: counter.axis.rawValue)]
        withUnsafeBytes(of: windowSeconds.bigEndian) { name += $0 }
        if counter.axis == .subject {
            name += key.tenant.utf8
            name.append(0)
            name += key.subject.utf8
        } else {
            name += counter.name.utf8
        }
        return Array(HMAC<SHA256>.authenticationCode(for: name, using: counterKey).prefix(16))
    }
}
