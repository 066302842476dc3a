public import Foundation

/// A receipt that is good: this subject was verified for the action that was named.
public struct CheckedReceipt: Sendable, Hashable {
    public let subject: String
    /// Names the verification in the server's audit.
    public let verificationID: String
    /// "aal1" or "aal2" (NIST SP 800-63B-4).
    public let level: String
    /// Authentication method references (RFC 8176).
    public let methods: [String]
    /// On the server's clock.
    public let verifiedAt: Date
}

/// Why a receipt is not taken.
public enum ReceiptRefusal: Error, Sendable, Hashable {
    /// It is no signed token.
    case malformed
    /// It is not signed by a key of this server's.
    case notSigned
    /// It is for another audience or tenant, or from another server.
    case forAnother
    case forAnotherAction
    /// Its minute is over, or has not begun.
    case expired
    /// This checker took it before.
    case shownBefore
}
