public import MFADomain

/// The `callers:` table: who a certificate's name belongs to. No entry, no access.
public struct CallerDirectory: Sendable {
    private let callers: [String: Caller]

    /// Callers by identity: a SPIFFE ID such as `spiffe://example.org/backend`, else a DNS name.
    public init(_ callers: [String: Caller]) {
        self.callers = callers
    }

    public func caller(identity: String) -> Caller? {
        callers[identity]
    }
}
